# The life of an installation on Windows, as packaging/cycle.py tries it on Linux. Ends at the first thing that is wrong.
$ErrorActionPreference = "Stop"
$top = "$env:ProgramFiles\hmi-bottling"
$data = "$env:ProgramData\hmi-bottling"
$first, $second = Get-ChildItem dist/hmi-bottling-*-setup.exe | Sort-Object Name
function Expect($so, $what) { if (-not $so) { throw "not as it has to be: $what" } ; Write-Host "ok: $what" }
function Setup($file, $words = @()) {
    $done = Start-Process $file -ArgumentList (@("/S") + $words) -Wait -PassThru
    Expect ($done.ExitCode -eq 0) "$($file.Name) $words"
}
function Version { (Get-ItemProperty HKLM:\Software\hmi-bottling).Version }
function Program { "$top\versions\$(Version)\app\hmi.exe" }
function Engine([scriptblock]$meanwhile) {
    $plant = "$top\versions\$(Version)\plant"
    $sim = Start-Process (Program) -ArgumentList "sim", "`"$plant`"" -PassThru -NoNewWindow
    $engine = Start-Process (Program) -ArgumentList "engine", "`"$plant`"", "--data", "`"$data`"" -PassThru -NoNewWindow
    try { Start-Sleep 20; & $meanwhile } finally { Stop-Process $engine, $sim -Force -ErrorAction SilentlyContinue }
}

Setup $first
Expect (Test-Path (Program)) "the program is installed"
& (Program) about --verify; Expect ($LASTEXITCODE -eq 0) "every file is as it was made"
Engine { & (Program) status --data $data; Expect ($LASTEXITCODE -eq 0) "the engine runs" }
Expect (Test-Path "$data\journal.db") "records are kept"
Set-Content "$data\site.toml" "# of this station"
$old = Version
Setup $second
Expect ((Version) -ne $old) "the new version is in use"
Expect (Test-Path "$top\versions\$old\app\hmi.exe") "the version before is kept"
Expect ((Get-ChildItem "$data.backups\*.zip").Count -eq 1) "the records were backed up"
Expect ((Get-Content "$data\site.toml") -eq "# of this station") "the settings are kept"
& (Program) journal verify --data $data; Expect ($LASTEXITCODE -eq 0) "the journal is unbroken"
Setup $second @("/ROLLBACK")
Expect ((Version) -eq $old) "back at the version before"
$file = "$top\versions\$old\plant\tags.csv"
$bytes = [IO.File]::ReadAllBytes($file); $bytes[100] = $bytes[100] -bxor 1; [IO.File]::WriteAllBytes($file, $bytes)
$said = & (Program) engine "$top\versions\$old\plant" --data $data 2>&1 | Out-String
Expect ($LASTEXITCODE -eq 1 -and $said -match "tags.csv") "a changed file is named, and nothing starts"
Start-Process "$top\uninstall.exe" -ArgumentList "/S", "_?=$top" -Wait
Expect (-not (Test-Path "$top\versions")) "the program is removed"
Expect (Test-Path "$data\journal.db") "the records stay"
