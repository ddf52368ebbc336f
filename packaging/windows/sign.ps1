# Signs one file with Authenticode, by the certificate in SIGN_PFX (base64) and SIGN_PASSWORD; a time stamp keeps it valid.
# On Linux the same is: osslsigncode sign -pkcs12 FILE.pfx -pass ... -ts http://timestamp.digicert.com -in A.exe -out B.exe
param([Parameter(Mandatory)][string]$File)
$ErrorActionPreference = "Stop"
$pfx = Join-Path $env:RUNNER_TEMP "sign.pfx"
try {
    [IO.File]::WriteAllBytes($pfx, [Convert]::FromBase64String($env:SIGN_PFX))
    $tool = Get-ChildItem "${env:ProgramFiles(x86)}\Windows Kits\10\bin\*\x64\signtool.exe" | Sort-Object FullName | Select-Object -Last 1
    & $tool.FullName sign /fd SHA256 /f $pfx /p $env:SIGN_PASSWORD /tr http://timestamp.digicert.com /td SHA256 $File
    if ($LASTEXITCODE) { throw "$File was not signed" }
    & $tool.FullName verify /pa $File
    if ($LASTEXITCODE) { throw "the signature of $File does not hold" }
} finally {
    Remove-Item $pfx -ErrorAction SilentlyContinue
}
