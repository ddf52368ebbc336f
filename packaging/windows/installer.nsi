; The installer of one plant for Windows, made by packaging/build.py --target nsis, which defines what stands in ${...}.
; Versions lie side by side; records and settings lie in ProgramData and outlive the program.
;   setup.exe /S               without a window        setup.exe /S /D=C:\folder    into another folder
;   setup.exe /S /ROLLBACK     back to the version before
Unicode true
SetCompressor /SOLID lzma
SetDateSave off
CRCCheck force
ManifestDPIAware true
RequestExecutionLevel admin

!include FileFunc.nsh
!include LogicLib.nsh
!include MUI2.nsh
!include x64.nsh

Name "${TITLE}"
OutFile "${OUTPUT}"
InstallDir "$PROGRAMFILES64\${SLUG}"
InstallDirRegKey HKLM "Software\${SLUG}" "Root"
BrandingText "${SLUG} ${VERSION}"

VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
VIAddVersionKey /LANG=0 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "Installer of ${TITLE}"
VIAddVersionKey /LANG=0 "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=0 "LegalCopyright" "Apache-2.0; of its parts, see LICENCES.txt"
VIAddVersionKey /LANG=0 "OriginalFilename" "${FILENAME}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "SimpChinese"

!define REGISTRY "Software\${SLUG}"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${SLUG}"

Var Data
Var Old
Var Older

!macro Places
  SetRegView 64
  SetShellVarContext all
  StrCpy $Data "$APPDATA\${SLUG}" ; of all users: C:\ProgramData
!macroend

; Ends the programs of this installation and of no other; a computer without PowerShell has none to end.
!macro StopPrograms
  nsExec::Exec `powershell -NoProfile -Command "Get-Process hmi -ErrorAction SilentlyContinue | Where-Object { $$_.Path -like '$INSTDIR\*' } | Stop-Process -Force"`
  Pop $0
!macroend

!macro Shortcuts VERSION
  CreateDirectory "$SMPROGRAMS\${SLUG}"
  SetOutPath "$INSTDIR\versions\${VERSION}"
  CreateShortcut "$SMPROGRAMS\${SLUG}\${SLUG}.lnk" "$INSTDIR\versions\${VERSION}\app\hmi.exe" "run" "$INSTDIR\icon.ico"
  CreateShortcut "$DESKTOP\${SLUG}.lnk" "$INSTDIR\versions\${VERSION}\app\hmi.exe" "run" "$INSTDIR\icon.ico"
!macroend

Function .onInit
  !insertmacro Places
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/ROLLBACK" $1
  ${IfNot} ${Errors}
    Call RollBack
    Quit
  ${EndIf}
FunctionEnd

Function un.onInit
  !insertmacro Places
FunctionEnd

Function RollBack
  ReadRegStr $INSTDIR HKLM "${REGISTRY}" "Root"
  ReadRegStr $Old HKLM "${REGISTRY}" "Previous"
  ReadRegStr $Older HKLM "${REGISTRY}" "Version"
  ${If} $Old == ""
  ${OrIfNot} ${FileExists} "$INSTDIR\versions\$Old\MANIFEST.json"
    SetErrorLevel 1
    MessageBox MB_ICONSTOP|MB_OK "There is no version before to go back to: nothing was changed." /SD IDOK
    Return
  ${EndIf}
  !insertmacro StopPrograms
  !insertmacro Shortcuts "$Old"
  WriteRegStr HKLM "${REGISTRY}" "Version" "$Old"
  WriteRegStr HKLM "${REGISTRY}" "Previous" "$Older"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "$Old"
  SetErrorLevel 0
FunctionEnd

; C:\ProgramData\x -> C:/ProgramData/x, which needs no marks of its own in JSON
Function Slashes
  Exch $2
  Push $3
  Push $4
  StrCpy $3 0
  ${Do}
    StrCpy $4 $2 1 $3
    ${If} $4 == ""
      ${ExitDo}
    ${EndIf}
    ${If} $4 == "\"
      StrCpy $4 $2 $3
      IntOp $3 $3 + 1
      StrCpy $2 $2 "" $3
      StrCpy $2 "$4/$2"
      IntOp $3 $3 - 1
    ${EndIf}
    IntOp $3 $3 + 1
  ${Loop}
  Pop $4
  Pop $3
  Exch $2
FunctionEnd

Section "Program"
  ReadRegStr $Old HKLM "${REGISTRY}" "Version"
  ReadRegStr $Older HKLM "${REGISTRY}" "Previous"
  ; Beside what runs: until it is whole, nothing of it is in use.
  RMDir /r "$INSTDIR\versions\${VERSION}.partial"
  SetOutPath "$INSTDIR\versions\${VERSION}.partial"
  File /r "${STAGE}\version\*"
  ${If} $Old != ""
  ${AndIf} ${FileExists} "$Data\journal.db"
    CreateDirectory "$Data.backups"
    Delete "$Data.backups\before-${VERSION}.zip"
    nsExec::ExecToLog '"$INSTDIR\versions\$Old\app\hmi.exe" backup "$Data.backups\before-${VERSION}.zip" --secrets --data "$Data"'
    Pop $0
    ${If} $0 != 0
      SetOutPath "$TEMP"
      RMDir /r "$INSTDIR\versions\${VERSION}.partial"
      SetErrorLevel 1
      MessageBox MB_ICONSTOP|MB_OK "The records could not be backed up into $Data.backups: nothing was changed. Make room there and install again." /SD IDOK
      Quit
    ${EndIf}
  ${EndIf}
  !insertmacro StopPrograms
  SetOutPath "$INSTDIR"
  RMDir /r "$INSTDIR\versions\${VERSION}"
  ; Scanners for viruses hold new files open for a moment, and then no folder can be renamed.
  StrCpy $1 0
  ${Do}
    ClearErrors
    Rename "$INSTDIR\versions\${VERSION}.partial" "$INSTDIR\versions\${VERSION}"
    ${IfNot} ${Errors}
      ${ExitDo}
    ${EndIf}
    IntOp $1 $1 + 1
    ${If} $1 > 40
      ${ExitDo}
    ${EndIf}
    Sleep 500
  ${Loop}
  ${IfNot} ${FileExists} "$INSTDIR\versions\${VERSION}\MANIFEST.json"
    SetErrorLevel 1
    MessageBox MB_ICONSTOP|MB_OK "A file of $INSTDIR\versions is in use: close the program and install again." /SD IDOK
    Quit
  ${EndIf}
  File "/oname=icon.ico" "${ICON}"
  File /r "${STAGE}\root\*"
  ; Its records: whoever works at this station may write them, as the engine runs in their name.
  CreateDirectory "$Data"
  nsExec::Exec 'icacls "$Data" /grant *S-1-5-32-545:(OI)(CI)M'
  Pop $0
  Push "$Data"
  Call Slashes
  Pop $1
  FileOpen $0 "$INSTDIR\place.json" w
  FileWrite $0 '{"data": "$1", "site": "$1/site.toml", "backups": "$1.backups", "service": ""}$\n'
  FileClose $0
  ${IfNot} ${FileExists} "$Data\site.toml"
    CopyFiles /SILENT "$INSTDIR\site.toml" "$Data\site.toml"
  ${EndIf}
  !insertmacro Shortcuts "${VERSION}"
  WriteRegStr HKLM "${REGISTRY}" "Root" "$INSTDIR"
  WriteRegStr HKLM "${REGISTRY}" "Version" "${VERSION}"
  ${If} $Old != "${VERSION}"
    WriteRegStr HKLM "${REGISTRY}" "Previous" "$Old"
    ${If} $Older != ""
    ${AndIf} $Older != "${VERSION}"
      RMDir /r "$INSTDIR\versions\$Older"
    ${EndIf}
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "${TITLE}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "$INSTDIR\icon.ico"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
SectionEnd

Section "Uninstall"
  !insertmacro StopPrograms
  Delete "$SMPROGRAMS\${SLUG}\${SLUG}.lnk"
  RMDir "$SMPROGRAMS\${SLUG}"
  Delete "$DESKTOP\${SLUG}.lnk"
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\versions"
  RMDir /r "$INSTDIR\trusted-keys"
  Delete "$INSTDIR\place.json"
  Delete "$INSTDIR\site.toml"
  Delete "$INSTDIR\icon.ico"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKLM "${UNINSTALL}"
  DeleteRegKey HKLM "${REGISTRY}"
  DetailPrint "The records stay in $Data"
SectionEnd
