# Holdfast's shell integration for bash 3.2 and later. bash reads it in the place of ~/.bashrc (--init-file), and it
# reads what bash would have read. It says where prompts and commands begin and end with OSC 633, the sequences of
# VS Code (code.visualstudio.com/docs/terminal/shell-integration), and where the shell is with OSC 7 too. Holdfast adds
# fields that VS Code leaves alone:
#   P;Holdfast=NONCE   C;NONCE;NUMBER;TIME   D;STATUS;NONCE;NUMBER;TIME;DURATION   P;Repeated;LINE;NONCE
# TIME is in milliseconds since 1970, DURATION in milliseconds, NUMBER grows with each prompt of the terminal; what a
# shell does not know stays empty. A program that prints such sequences does not know the nonce.

__hf_nonce=${HOLDFAST_SHELL_NONCE-}
__hf_login=${HOLDFAST_SHELL_LOGIN-}
__hf_index=${HOLDFAST_SHELL_NUMBER:-0}
builtin unset HOLDFAST_SHELL_NONCE HOLDFAST_SHELL_LOGIN HOLDFAST_SHELL_NUMBER
__hf_on=1
__hf_a=$'\e]633;A\a'
__hf_b=$'\e]633;B\a'
# Whether a command has run since the last prompt: 1, 0, or "new" before the first prompt.
__hf_ran=new
__hf_begun=
__hf_folder=
__hf_folder_marks=
__hf_number=
__hf_time=
__hf_escaped=
__hf_is_ready=
# From 5.1 on PROMPT_COMMAND may be an array; each of its commands finds the status of the command line.
__hf_has_list=
if ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then
  __hf_has_list=1
fi
# Should somebody have set PROMPT_COMMAND anew, nothing of ours has run when the prompt is expanded: then the prompt itself
# says how the command ended, and puts our last entry back where a list can have one. An expansion is the one way in which
# a prompt can do anything. Where PS1 was set anew as well, PS0 does it before the next command.
__hf_late=('' 1)
__hf_nothing=('')
# The entry's name as a subscript is this number.
__hf_last=0
# Within ${__hf_on:+…}, so that another shell that inherits the prompt, perhaps one without lists, does not look at it.
__hf_tell_late='${__hf_on:+${__hf_late[__hf_ran]:+\e]633;D;$?;${__hf_nonce-};${__hf_index-}\a${__hf_on:$((__hf_ran=0,__hf_index+=1'
__hf_heal=')):0}'${__hf_has_list:+'${__hf_nothing[${PROMPT_COMMAND[32767]:=__hf_last}]}'}'}}'
# As the prompts name the marks: a shell inside this one that inherits PS1 finds nothing there, and shows nothing.
__hf_named_a='\['$__hf_tell_late',__hf_number=\!'$__hf_heal'${__hf_a-}\]'
__hf_named_b='\[${__hf_b-}\]'
# The same where prompts are not expanded (shopt -u promptvars).
__hf_plain_a='\[\e]633;A\a\]'
__hf_plain_b='\[\e]633;B\a\]'
# PS0 is expanded once a command has been read. Only an assignment in arithmetic can tell this shell from there.
__hf_ps0=$__hf_tell_late$__hf_heal'${__hf_on:+$({ set +x; } 2> /dev/null; __hf_preexec)${__hf_on:$((__hf_ran=1)):0}}'
__hf_has_ps0=
if ((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4))); then
  __hf_has_ps0=1
fi
__hf_controls=(
  $'\001' $'\002' $'\003' $'\004' $'\005' $'\006' $'\007' $'\010' $'\011' $'\012' $'\013' $'\014' $'\015' $'\016' $'\017' $'\020'
  $'\021' $'\022' $'\023' $'\024' $'\025' $'\026' $'\027' $'\030' $'\031' $'\032' $'\033' $'\034' $'\035' $'\036' $'\037'
)
# With `set -a` in force, what was just set would be exported.
builtin export -n __hf_nonce __hf_login __hf_on __hf_a __hf_b

# Sets __hf_escaped: a backslash as \\, a semicolon as \x3b, control characters as \xAB. The first 8000 characters.
__hf_escape() {
  __hf_escaped=${1:0:8000}
  __hf_escaped=${__hf_escaped//\\/"\\\\"}
  __hf_escaped=${__hf_escaped//;/"\\x3b"}
  case $__hf_escaped in
    *[[:cntrl:]]*)
      local index code
      for ((index = 0; index < 31; index++)); do
        builtin printf -v code '\\x%02x' "$((index + 1))"
        __hf_escaped=${__hf_escaped//"${__hf_controls[index]}"/"$code"}
      done
      # U+009C would end the sequence.
      __hf_escaped=${__hf_escaped//$'\302\234'/}
      ;;
  esac
}

# Sets __hf_escaped: a path as it stands in a URI (RFC 3986).
__hf_encode() {
  local LC_ALL=C path=$1 index character code
  __hf_escaped=$path
  case $path in
    *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-]*) ;;
    *) return 0 ;;
  esac
  __hf_escaped=
  for ((index = 0; index < ${#path}; index++)); do
    character=${path:index:1}
    case $character in
      [abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-]) ;;
      *)
        builtin printf -v code '%d' "'$character"
        builtin printf -v character '%%%02X' "$((code & 255))"
        ;;
    esac
    __hf_escaped+=$character
  done
}

# Sets __hf_time: now, in milliseconds since 1970, or nothing where this bash (before 5.0) has no such clock.
__hf_now() {
  __hf_time=${EPOCHREALTIME-}
  __hf_time=${__hf_time//[!0123456789]/}
  __hf_time=${__hf_time%???}
}

# Says what has just been entered, and that it runs. Runs in a subshell.
__hf_preexec() {
  local line='' number marks=''
  # What the user has kept out of the history is nobody's: then only that something runs is said.
  if [[ -o history ]]; then
    line=$(HISTTIMEFORMAT='' builtin history 1)
    line=${line#"${line%%[![:space:]]*}"}
    number=${line%%[!0123456789]*}
    line=${line#"$number"}
    # The mark of a changed line and a space.
    line=${line#??}
    __hf_escape "$line"
    __hf_read_number
    if [ -n "$line" ]; then
      # The number is 1 before the first line of all, and behind it.
      if [ "$__hf_read" != "$__hf_number" ] || [ "$__hf_number" = 1 ]; then
        marks=$'\e]633;E;'"$__hf_escaped;$__hf_nonce"$'\a'
      else
        # The history has not grown: it is the line before once more, or one that was kept out.
        case "${HISTCONTROL-} ${HISTIGNORE:+ignorespace}" in
          *ignorespace* | *ignoreboth*) marks=$'\e]633;P;Repeated;'"$__hf_escaped;$__hf_nonce"$'\a' ;;
          *) marks=$'\e]633;E;'"$__hf_escaped;$__hf_nonce"$'\a' ;;
        esac
      fi
    fi
  fi
  __hf_now
  builtin printf '%s\e]633;C;%s;%s;%s\a' "$marks" "$__hf_nonce" "$__hf_index" "$__hf_time"
}

# Sets __hf_read: the number that the next line of the history gets.
__hf_read_number() {
  if [ -n "$__hf_has_ps0" ]; then
    __hf_read='\!'
    __hf_read=${__hf_read@P}
  else
    __hf_read=$(HISTTIMEFORMAT='' builtin history 1)
    __hf_read=${__hf_read#"${__hf_read%%[![:space:]]*}"}
    __hf_read=${__hf_read%%[!0123456789]*}
  fi
}

# Where PS0 can't be used: runs before each simple command; the first one after a prompt counts.
__hf_debug() {
  local status=$?
  if [ -n "$__hf_is_ready" ] && [ -z "${COMP_LINE-}" ]; then
    case $BASH_COMMAND in
      *__hf_*) ;;
      *)
        __hf_is_ready=
        __hf_ran=1
        # What a shell inside this one may inherit.
        PS1=${PS1//"$__hf_plain_a"/}
        PS1=${PS1//"$__hf_plain_b"/}
        (
          { builtin set +x; } 2> /dev/null
          __hf_preexec >&2
        )
        ;;
    esac
  fi
  return "$status"
}

# $1: the status of the command that has ended, if one has run.
__hf_begin_prompt() {
  local marks
  if [ "$PWD" != "$__hf_folder" ]; then
    __hf_folder=$PWD
    __hf_escape "$PWD"
    __hf_folder_marks=$'\e]633;P;Cwd='$__hf_escaped$'\a\e]7;file://'${HOSTNAME-}
    __hf_encode "$PWD"
    __hf_folder_marks+=$__hf_escaped$'\a'
  fi
  if [ "$__hf_ran" = 0 ] && [ -z "$__hf_has_ps0" ]; then
    # The trap does not see a subshell: (exit 7).
    __hf_read_number
    if [ "$__hf_read" != "$__hf_number" ]; then
      __hf_preexec >&2
      __hf_ran=1
    fi
  fi
  case $__hf_ran in
    1)
      __hf_now
      marks=$'\e]633;D;'"$1;$__hf_nonce;$__hf_index;$__hf_time"$'\a'
      ;;
    0) marks=$'\e]633;D\a' ;;
    *) marks=$'\e]633;P;Holdfast='$__hf_nonce$'\a\e]633;P;HasRichCommandDetection=True\a' ;;
  esac
  __hf_ran=0
  __hf_index=$((__hf_index + 1))
  __hf_begun=1
  builtin printf '%s%s' "$marks" "$__hf_folder_marks" >&2
}

__hf_first() {
  local __hf_status=$?
  { local __hf_flags=$-; builtin set +x; } 2> /dev/null
  # Behind something else it finds that one's status; the last entry of a list still finds the right one.
  case $__hf_has_list${PROMPT_COMMAND-} in
    '${__hf_on'* | 1__hf_first*) __hf_begin_prompt "$__hf_status" ;;
  esac
  case $__hf_flags in *x*) builtin set -x ;; esac
  # With `set -e`, a status other than 0 would end the shell.
  case $__hf_flags in *e*) return 0 ;; esac
  return "$__hf_status"
}

__hf_last() {
  local __hf_status=$?
  { local __hf_flags=$-; builtin set +x; } 2> /dev/null
  if [ -z "$__hf_begun" ]; then
    # Somebody has set PROMPT_COMMAND anew.
    __hf_begin_prompt "$__hf_status"
  fi
  __hf_begun=
  __hf_hook
  __hf_wrap
  __hf_read_number
  __hf_number=$__hf_read
  __hf_is_ready=1
  case $__hf_flags in *x*) builtin set -x ;; esac
  return 0
}

# Stands first and last in PROMPT_COMMAND, whatever it has become. Who sets it anew as a text replaces the first entry of
# a list: that holds what was the first of the user's own too.
__hf_hook() {
  local own
  if [ -n "$__hf_has_list" ]; then
    local command last=''
    local -a commands=()
    for command in ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"}; do
      last=$command
      command=${command#"__hf_first"$'\n'}
      case $command in
        __hf_first | __hf_last) ;;
        *) commands+=("${command//__hf_first/:}") ;;
      esac
    done
    own=__hf_first${commands[0]+$'\n'${commands[0]}}
    if [ "${PROMPT_COMMAND[0]-}" = "$own" ] && [ "$last" = __hf_last ]; then
      return 0
    fi
    builtin unset PROMPT_COMMAND
    PROMPT_COMMAND=("$own" ${commands[@]+"${commands[@]:1}"} __hf_last)
  else
    local first='${__hf_on:+__hf_first}' last='${__hf_on:+__hf_last}'
    own=${PROMPT_COMMAND-}
    case $own in
      "$first"$'\n'*$'\n'"$last") return 0 ;;
    esac
    own=${own//"$first"/:}
    own=${own//"$last"/:}
    PROMPT_COMMAND=$first$'\n'${own:-:}$'\n'$last
  fi
}

# Has the prompts print the marks, whoever has set them since.
__hf_wrap() {
  local prompt=${PS1-} a=$__hf_plain_a b=$__hf_plain_b mark
  if builtin shopt -q promptvars; then
    a=$__hf_named_a
    b=$__hf_named_b
  fi
  for mark in "$__hf_named_a" "$__hf_named_b" "$__hf_plain_a" "$__hf_plain_b"; do
    prompt=${prompt//"$mark"/}
  done
  PS1=$a$prompt$b
  if [ -n "$__hf_has_ps0" ]; then
    prompt=${PS0-}
    PS0=$__hf_ps0${prompt//"$__hf_ps0"/}
  fi
}

# $1: what `trap -p DEBUG` has printed. Sets __hf_trap: the trap's own text.
__hf_read_trap() {
  builtin eval "builtin set -- $1"
  __hf_trap=${3-}
}

# As bash itself reads them. A login shell began as one that is none: only so does it read this file.
if [ -n "$__hf_login" ]; then
  if [ -r /etc/profile ]; then
    . /etc/profile
  fi
  if [ -r ~/.bash_profile ]; then
    . ~/.bash_profile
  elif [ -r ~/.bash_login ]; then
    . ~/.bash_login
  elif [ -r ~/.profile ]; then
    . ~/.profile
  fi
elif [ -r ~/.bashrc ]; then
  . ~/.bashrc
fi

if [ -n "$__hf_nonce" ]; then
  if ! builtin shopt -q promptvars; then
    __hf_has_ps0=
  fi
  if [ -z "$__hf_has_ps0" ]; then
    __hf_read_trap "$(builtin trap -p DEBUG)"
    builtin trap "__hf_debug \"\$_\"
$__hf_trap" DEBUG
  fi
  __hf_hook
fi
