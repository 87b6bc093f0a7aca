/* For tests under wine 8 only, never installed: Windows 10 has this library, wine 8 has not.
 * Random bytes from the function that the same data came from before Windows 8. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length); /* RtlGenRandom of advapi32 */

static const ULONG AT_ONCE = 1u << 24;

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    while (length > 0) {
        const ULONG piece = length < AT_ONCE ? (ULONG)length : AT_ONCE;
        if (!SystemFunction036(data, piece))
            return FALSE;
        data += piece;
        length -= piece;
    }
    return TRUE;
}
