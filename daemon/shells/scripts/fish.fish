# Holdfast's shell integration for fish 3.0 and later: see bash.sh for what it says. Read by --init-command, behind the
# user's own files.

if status is-interactive; and set -q HOLDFAST_SHELL_NONCE
    set -gu __hf_nonce $HOLDFAST_SHELL_NONCE
    set -gu __hf_index $HOLDFAST_SHELL_NUMBER
    set -e HOLDFAST_SHELL_NONCE
    set -e HOLDFAST_SHELL_NUMBER
    set -g __hf_ran new

    # A backslash as \\, a semicolon as \x3b, control characters as \xAB. The first 8000 characters.
    function __hf_escape
        string sub --length 8000 -- "$argv" \
            | string replace --all '\\' '\\\\' \
            | string replace --all ';' '\\x3b' \
            | string replace --all \t '\\x09' \
            | string replace --all \a '\\x07' \
            | string replace --all \r '\\x0d' \
            | string replace --all \e '\\x1b' \
            | string replace --all --regex '[\x00-\x08\x0b-\x1f\x7f\x{9c}]' '' \
            | string join '\\x0a'
    end

    function __hf_preexec --on-event fish_preexec
        set -g __hf_ran 1
        # What the user has kept out of the history is nobody's: then only that something runs is said.
        if not string match --quiet -- ' *' "$argv"; and not set -q fish_private_mode
            printf '\e]633;E;%s;%s\a' (__hf_escape "$argv") $__hf_nonce
        end
        printf '\e]633;C;%s;%s;\a' $__hf_nonce $__hf_index
    end

    function __hf_postexec --on-event fish_postexec
        # fish knows how long it took, not when it was.
        printf '\e]633;D;%s;%s;%s;;%s\a' $status $__hf_nonce $__hf_index $CMD_DURATION
        set -g __hf_ran 0
    end

    function __hf_cancelled --on-event fish_cancel
        printf '\e]633;D\a'
    end

    function __hf_before_prompt --on-event fish_prompt
        __hf_wrap
        set -g __hf_index (math $__hf_index + 1)
        if test "$__hf_ran" = new
            printf '\e]633;P;Holdfast=%s\a\e]633;P;HasRichCommandDetection=True\a' $__hf_nonce
        else if test "$__hf_ran" = 0
            set -g __hf_ran empty
        else
            printf '\e]633;D\a'
        end
        test "$__hf_ran" = new; and set -g __hf_ran empty
        printf '\e]633;P;Cwd=%s\a\e]7;file://%s%s\a' (__hf_escape "$PWD") $hostname (string escape --style=url -- $PWD)
        printf '\e]633;A\a'
    end

    # The prompt of the moment, with the mark behind it: what it finds in $status and $pipestatus is the command's.
    function __hf_wrap
        if not functions fish_prompt | string match --quiet '*__hf_own_prompt*'
            functions --erase __hf_own_prompt
            functions --copy fish_prompt __hf_own_prompt
            function fish_prompt
                __hf_own_prompt
                printf '\e]633;B\a'
            end
        end
    end
end
