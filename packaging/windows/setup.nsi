; The setup for Windows. Built by build_setup.py, which hands in, with -D:
;   VERSION PAYLOAD REMOVAL ICON PICTURE OUTPUT APP_ID COMPRESSION, and SIGN where a certificate is given.
; Exit codes are those of Windows for the same trouble, so that a roll-out tool can tell:
;   0 done, 1 cancelled, 2 aborted, 32 the program runs, 740 administrator's rights are needed,
;   1150 Windows is too old.
Unicode true
Target amd64-unicode
!if "${COMPRESSION}" == "lzma"
  SetCompressor /SOLID lzma
!else if "${COMPRESSION}" == "none"
  SetCompress off
!else
  SetCompressor zlib
!endif

!define NAME "CAIS Onboarding"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define FILE_TYPE "CAISOnboarding.CaseFile"
!define EXTENSION ".caiscase"
!define RUNNING 32
!define ELEVATION_NEEDED 740
!define OLD_WINDOWS 1150

Name "${NAME}"
OutFile "${OUTPUT}"
BrandingText "${NAME} ${VERSION}"
ManifestDPIAware true
ManifestSupportedOS Win10
AllowSkipFiles off
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Setup of ${NAME}"
VIAddVersionKey CompanyName "The CAIS Onboarding authors"
VIAddVersionKey LegalCopyright "Apache License 2.0"

!ifdef SIGN
  ; The uninstaller is made while the setup is, and never lies on a disk of ours otherwise.
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

; Nobody needs administrator's rights: without them, or unless told otherwise, it is installed for
; the person alone. /AllUsers and /CurrentUser decide without a question.
!define MULTIUSER_MUI
!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_INSTALLMODE_DEFAULT_CURRENTUSER
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "InstallLocation"
!define MULTIUSER_INSTALLMODE_INSTDIR "${NAME}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "InstallLocation"
!define MULTIUSER_USE_PROGRAMFILES64
!include MultiUser.nsh
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include nsDialogs.nsh
!include "shortcut.nsh"
!include "${REMOVAL}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${PICTURE}"
!define MUI_WELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "Start ${NAME}"
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram

!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!define MUI_PAGE_CUSTOMFUNCTION_PRE RefuseWhileRunning
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
UninstPage custom un.AskAboutData un.TakeAnswer
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

Var Former
Var Given
Var KeepData
Var DeleteData
Var DataWanted

; --- whether the program runs ---

; Windows lets nobody write to a library that a running program has loaded, whoever runs it and in
; whichever session; so this finds windows and commands of all users.
!macro REFUSE_WHILE_RUNNING UN
  Function ${UN}RefuseIn ; the folder in $0
    again:
    ${IfNot} ${FileExists} "$0\python311.dll"
      Return
    ${EndIf}
    ClearErrors
    FileOpen $1 "$0\python311.dll" a
    ${IfNot} ${Errors}
      FileClose $1
      Return
    ${EndIf}
    ${IfNot} ${Silent}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION|MB_DEFBUTTON1 \
        "${NAME} is open.$\r$\n$\r$\nClose its window, also where somebody else is signed in to \
        this computer, and press Retry. Everything shown as saved is kept." IDRETRY again
    ${EndIf}
    SetErrorLevel ${RUNNING}
    Quit
  FunctionEnd
!macroend
!insertmacro REFUSE_WHILE_RUNNING ""
!insertmacro REFUSE_WHILE_RUNNING "un."

Function RefuseWhileRunning
  Call FindFormer
  StrCpy $0 $Former
  Call RefuseIn
  StrCpy $0 $INSTDIR
  Call RefuseIn
FunctionEnd

; Where an earlier version lies, installed the same way; empty where there is none.
Function FindFormer
  ReadRegStr $Former SHCTX "${UNINSTALL_KEY}" "InstallLocation"
  ${IfNot} ${FileExists} "$Former\uninstall.exe"
    StrCpy $Former ""
  ${EndIf}
FunctionEnd

; --- install ---

Function .onInit
  SetRegView 64
  StrCpy $Given $INSTDIR ; from /D=, which is more than where it lay before
  ${IfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "${NAME} needs Windows 10 or newer." /SD IDOK
    SetErrorLevel ${OLD_WINDOWS}
    Quit
  ${EndIf}
  ${If} ${Silent}
    Call AsksForTooMuch
  ${EndIf}
  !insertmacro MULTIUSER_INIT
  ${If} $Given != ""
    StrCpy $INSTDIR $Given
  ${EndIf}
FunctionEnd

; Nobody is there to read that /AllUsers needs an administrator.
Function AsksForTooMuch
  UserInfo::GetAccountType
  Pop $0
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/AllUsers" $2
  ${IfNot} ${Errors}
  ${AndIf} $0 != "Admin"
    SetErrorLevel ${ELEVATION_NEEDED}
    Quit
  ${EndIf}
FunctionEnd

Section "${NAME}"
  Call RefuseWhileRunning
  Call RemoveFormer
  SetOutPath "$INSTDIR"
  File /r "${PAYLOAD}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  !insertmacro START_MENU_ENTRY "$SMPROGRAMS\${NAME}.lnk" "${APP_ID}"
  Call RegisterFileType
  Call RegisterUninstaller
SectionEnd

; The files of an earlier version go, whatever they were; data lies elsewhere and stays.
Function RemoveFormer
  Call FindFormer
  ${If} $Former == ""
    Return
  ${EndIf}
  SetDetailsPrint textonly
  DetailPrint "Removing the earlier version; your cases stay ..."
  SetDetailsPrint none
  ExecWait '"$Former\uninstall.exe" /S /$MultiUser.InstallMode /Upgrade _?=$Former' $0
  SetDetailsPrint both
  ${If} $0 <> 0
    SetErrorLevel $0
    ${IfNot} ${Silent}
      MessageBox MB_OK|MB_ICONSTOP "The earlier version in $Former could not be replaced \
        (code $0). Your cases are untouched."
    ${EndIf}
    Quit
  ${EndIf}
  Delete "$Former\uninstall.exe"
  RMDir "$Former"
FunctionEnd

Function RegisterFileType
  WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}" "" "CAIS onboarding case"
  WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}" "AppUserModelID" "${APP_ID}"
  WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}\DefaultIcon" "" "$INSTDIR\cais-onboarding.ico"
  WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}\shell\open" "FriendlyAppName" "${NAME}"
  WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}\shell\open\command" "" \
    '"$INSTDIR\pythonw.exe" -B -m app "%1"'
  WriteRegStr SHCTX "Software\Classes\${EXTENSION}" "" "${FILE_TYPE}"
  WriteRegStr SHCTX "Software\Classes\${EXTENSION}\OpenWithProgids" "${FILE_TYPE}" ""
  !insertmacro TELL_SHELL
FunctionEnd

Function RegisterUninstaller
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\cais-onboarding.ico"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "The CAIS Onboarding authors"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" \
    '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" \
    '"$INSTDIR\uninstall.exe" /S /$MultiUser.InstallMode'
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" $0
FunctionEnd

; Through the shell, so that the program never inherits the setup's rights.
Function StartProgram
  Exec '"$WINDIR\explorer.exe" "$SMPROGRAMS\${NAME}.lnk"'
FunctionEnd

; --- uninstall ---

Function un.onInit
  SetRegView 64
  !insertmacro MULTIUSER_UNINIT
  StrCpy $DataWanted 0
  StrCpy $0 $INSTDIR
  Call un.RefuseIn
FunctionEnd

Function un.AskAboutData
  !insertmacro MUI_HEADER_TEXT "Remove ${NAME}" "What should become of your cases?"
  nsDialogs::Create 1018
  Pop $0
  SetShellVarContext current
  ${NSD_CreateRadioButton} 0 0 100% 12u "&Keep my cases"
  Pop $KeepData
  ${NSD_CreateLabel} 14u 14u -14u 26u "Cases, history and backups stay in \
    $LOCALAPPDATA\${NAME}. Installing ${NAME} again shows them as they were."
  Pop $0
  ${NSD_CreateRadioButton} 0 46u 100% 12u "&Delete my cases, history, backups and passwords"
  Pop $DeleteData
  ${NSD_CreateLabel} 14u 60u -14u 34u "What is in that folder, and the SFTP passwords in Windows \
    Credential Manager, are gone for good. Folders chosen elsewhere, and the cases of other \
    people on this computer, are not touched."
  Pop $0
  ${NSD_Check} $KeepData
  Call un.RestoreContext
  nsDialogs::Show
FunctionEnd

Function un.TakeAnswer
  ${NSD_GetState} $DeleteData $DataWanted
FunctionEnd

Function un.RestoreContext
  ${If} $MultiUser.InstallMode == "AllUsers"
    SetShellVarContext all
  ${EndIf}
FunctionEnd

Section "Uninstall"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/Upgrade" $1
  ${If} ${Errors}
    ${If} $DataWanted = ${BST_CHECKED}
      Call un.DeleteData
    ${EndIf}
    Call un.Unregister
  ${EndIf}
  SetAutoClose true
  DetailPrint "Removing the program ..."
  SetDetailsPrint none ; thousands of names would take longer to show than the files to remove
  !insertmacro REMOVE_PAYLOAD
  Delete "$INSTDIR\uninstall.exe"
  SetOutPath "$TEMP" ; a folder that is somebody's current one cannot be removed
  RMDir "$INSTDIR"
SectionEnd

Function un.DeleteData
  ExecWait '"$INSTDIR\pythonw.exe" -B "$INSTDIR\forget_passwords.py"'
  SetShellVarContext current
  RMDir /r "$LOCALAPPDATA\${NAME}"
  Call un.RestoreContext
FunctionEnd

Function un.Unregister
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey SHCTX "Software\Classes\${FILE_TYPE}"
  DeleteRegValue SHCTX "Software\Classes\${EXTENSION}\OpenWithProgids" "${FILE_TYPE}"
  DeleteRegKey /ifempty SHCTX "Software\Classes\${EXTENSION}\OpenWithProgids"
  ReadRegStr $0 SHCTX "Software\Classes\${EXTENSION}" ""
  ${If} $0 == "${FILE_TYPE}"
    DeleteRegValue SHCTX "Software\Classes\${EXTENSION}" ""
  ${EndIf}
  DeleteRegKey /ifempty SHCTX "Software\Classes\${EXTENSION}"
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
  !insertmacro TELL_SHELL
FunctionEnd
