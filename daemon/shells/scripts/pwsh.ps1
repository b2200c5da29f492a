# Holdfast's shell integration for PowerShell 5.1 and later: see bash.sh for what it says. Read behind the user's
# profile (-NoExit -Command).

if (-not $env:HOLDFAST_SHELL_NONCE) { return }
# In a constrained session nothing of this may be called.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Remove-Item -Path Env:HOLDFAST_SHELL_NONCE, Env:HOLDFAST_SHELL_NUMBER -ErrorAction SilentlyContinue
    return
}

$Global:__HoldfastState = @{
    Nonce         = $env:HOLDFAST_SHELL_NONCE
    Number        = [long]"0$env:HOLDFAST_SHELL_NUMBER"
    IsNew         = $true
    HasRun        = $false
    Prompt        = $function:Prompt
    ReadLine      = $null
}
Remove-Item -Path Env:HOLDFAST_SHELL_NONCE, Env:HOLDFAST_SHELL_NUMBER -ErrorAction SilentlyContinue

# A backslash as \\, a semicolon as \x3b, control characters as \xAB. The first 8000 characters.
function Global:__Holdfast-Escape([string]$Text) {
    if ($Text.Length -gt 8000) { $Text = $Text.Substring(0, 8000) }
    [regex]::Replace($Text, '[\x00-\x1f\\;\x7f-\x9f]', {
            param($Match)
            if ($Match.Value -eq '\') { '\\' } else { '\x{0:x2}' -f [int][char]$Match.Value }
        })
}

function Global:__Holdfast-Now {
    [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds()
}

function Global:Prompt {
    # Before anything else changes them.
    $HasSucceeded = $?
    $NativeStatus = $global:LASTEXITCODE
    $State = $Global:__HoldfastState
    $Escape = [char]0x1b
    $Bell = [char]0x07
    $Marks = ''
    if ($State.IsNew) {
        $State.IsNew = $false
        $Marks += "$Escape]633;P;Holdfast=$($State.Nonce)$Bell"
        if ($null -ne $State.ReadLine) { $Marks += "$Escape]633;P;HasRichCommandDetection=True$Bell" }
        if ($IsWindows -ne $false) { $Marks += "$Escape]633;P;IsWindows=True$Bell" }
    }
    elseif ($State.HasRun) {
        $Status = if ($HasSucceeded) { 0 } elseif ($NativeStatus -is [int] -and $NativeStatus -ne 0) { $NativeStatus } else { 1 }
        $Marks += "$Escape]633;D;$Status;$($State.Nonce);$($State.Number);$(__Holdfast-Now)$Bell"
    }
    else {
        $Marks += "$Escape]633;D$Bell"
    }
    $State.HasRun = $false
    $State.Number++
    if ($PWD.Provider.Name -eq 'FileSystem') {
        $Folder = $PWD.ProviderPath
        $Marks += "$Escape]633;P;Cwd=$(__Holdfast-Escape $Folder)$Bell"
        $Path = ($Folder -replace '\\', '/').Split('/') | ForEach-Object { [Uri]::EscapeDataString($_) }
        $Path = $Path -join '/'
        if (-not $Path.StartsWith('/')) { $Path = "/$Path" }
        $Marks += "$Escape]7;file://$([System.Net.Dns]::GetHostName())$Path$Bell"
    }
    # The user's prompt finds $? and $LASTEXITCODE as they were.
    $global:LASTEXITCODE = $NativeStatus
    if (-not $HasSucceeded) { Write-Error 'status' -ErrorAction Ignore }
    $Text = & $State.Prompt
    "$Marks$Escape]633;A$Bell$Text$Escape]633;B$Bell"
}

# PSReadLine, which has its own way to show text, asks this function for a line.
if (Get-Command -Name PSConsoleHostReadLine -ErrorAction SilentlyContinue) {
    $Global:__HoldfastState.ReadLine = $function:PSConsoleHostReadLine
    function Global:PSConsoleHostReadLine {
        $State = $Global:__HoldfastState
        $Line = & $State.ReadLine
        if (-not [string]::IsNullOrWhiteSpace($Line)) {
            $Escape = [char]0x1b
            $Bell = [char]0x07
            $State.HasRun = $true
            $Marks = ''
            # What the user has kept out of the history is nobody's: then only that something runs is said.
            if (-not $Line.StartsWith(' ')) {
                $Marks = "$Escape]633;E;$(__Holdfast-Escape $Line);$($State.Nonce)$Bell"
            }
            [Console]::Write("$Marks$Escape]633;C;$($State.Nonce);$($State.Number);$(__Holdfast-Now)$Bell")
        }
        $Line
    }
}
