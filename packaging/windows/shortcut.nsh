; The Start menu's entry, with the identity under which the taskbar groups the program's windows.
!include Win\COM.nsh
!include Win\Propkey.nsh

!macro START_MENU_ENTRY LINK APP_ID
  CreateShortcut "${LINK}" "$INSTDIR\pythonw.exe" "-B -m app" "$INSTDIR\cais-onboarding.ico" 0 \
    SW_SHOWNORMAL "" "Onboarding to FINRA CAT's CAIS, step by step"
  ; A process sets the same identity when it starts; pinned entries need it on the link as well.
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
    ${If} $1 P<> 0
    ${AndIf} $2 P<> 0
      ${IPersistFile::Load} $1 '("${LINK}",${STGM_READWRITE})'
      System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r3'
      System::Call '*(&w128 "${APP_ID}")p.r4'
      System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_LPWSTR},,p r4)p.r5'
      ${IPropertyStore::SetValue} $2 '(r3,r5)'
      ${IPropertyStore::Commit} $2 ""
      ${IPersistFile::Save} $1 '("${LINK}",1)'
      System::Free $3
      System::Free $4
      System::Free $5
    ${EndIf}
    !insertmacro ComHlpr_SafeRelease $2
    !insertmacro ComHlpr_SafeRelease $1
    ${IUnknown::Release} $0 ""
  ${EndIf}
!macroend

!macro TELL_SHELL
  ; SHCNE_ASSOCCHANGED: icons and "Open with" are looked up anew.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend
