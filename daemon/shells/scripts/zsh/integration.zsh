# Holdfast's shell integration for zsh 5.1 and later: see bash.sh for what it says. Read before the user's own files.

'builtin' 'typeset' -g +x __hf_nonce=$HOLDFAST_SHELL_NONCE __hf_ran=new __hf_index=${HOLDFAST_SHELL_NUMBER:-0} __hf_escaped= __hf_time= __hf_folder= __hf_folder_marks=
'builtin' 'typeset' -g +x __hf_a=$'%{\e]633;A\a%}' __hf_b=$'%{\e]633;B\a%}'
'builtin' 'typeset' -ga precmd_functions preexec_functions

# The shell's own output may have been led elsewhere (exec > file); where it does not know its terminal, nothing is said.
__hf_print() {
  [[ -w $TTY ]] && builtin print -rn -- $1 >| $TTY
}

# Sets __hf_escaped: a backslash as \\, a semicolon as \x3b, control characters as \xAB. The first 8000 characters.
__hf_escape() {
  builtin emulate -L zsh
  builtin local text=${1[1,8000]} control
  builtin local -i code
  text=${text//\\/\\\\}
  text=${text//;/\\x3b}
  if [[ $text == *[[:cntrl:]]* ]]; then
    for ((code = 1; code < 32; code++)); do
      control=${(#)code}
      text=${text//$control/\\x${(l:2::0:)$(([##16]code))}}
    done
    # U+009C would end the sequence.
    text=${text//$'\u9c'/}
  fi
  __hf_escaped=$text
}

# Sets __hf_escaped: a path as it stands in a URI (RFC 3986).
__hf_encode() {
  builtin emulate -L zsh -o no_multibyte
  builtin local text=$1 done= character
  builtin local -i index
  for ((index = 1; index <= $#text; index++)); do
    character=$text[index]
    case $character in
      [a-zA-Z0-9/._~-]) done+=$character ;;
      *) done+=%${(l:2::0:)$(([##16]#character))} ;;
    esac
  done
  __hf_escaped=$done
}

# Sets __hf_time: now, in milliseconds since 1970, or nothing where this zsh has no such clock.
__hf_now() {
  builtin emulate -L zsh
  __hf_time=
  if (( ${+EPOCHREALTIME} )); then
    builtin local -i now=$((EPOCHREALTIME * 1000))
    __hf_time=$now
  fi
}

__hf_preexec() {
  builtin emulate -L zsh
  builtin local marks=
  # What the user has kept out of the history is nobody's: then only that something runs is said.
  if [[ -n $1 && ! ( -n $2 && $1 == ' '* ) ]]; then
    __hf_escape $1
    marks=$'\e]633;E;'"$__hf_escaped;$__hf_nonce"$'\a'
  fi
  __hf_now
  __hf_ran=1
  __hf_print "$marks"$'\e]633;C;'"$__hf_nonce;$__hf_index;$__hf_time"$'\a'
}

# A prompt that was given marks loses them while a command runs: a shell that inherits it has none.
__hf_before_command() {
  builtin local __hf_status=$? ignores_space=
  if [[ -o hist_ignore_space ]]; then
    ignores_space=1
  fi
  builtin emulate -L zsh
  PS1=${${PS1//$__hf_a/}//$__hf_b/}
  if [[ $__hf_ran == 1 ]]; then
    # Somebody has set precmd_functions anew, so that nothing has said how the command before ended.
    __hf_print $'\e]633;D;'"$__hf_status;$__hf_nonce;$__hf_index"$'\a'
    __hf_index=$((__hf_index + 1))
    __hf_hook
  fi
  __hf_preexec $1 $ignores_space
}

__hf_first() {
  builtin local __hf_status=$?
  builtin emulate -L zsh
  builtin local marks
  if [[ $PWD != $__hf_folder ]]; then
    __hf_folder=$PWD
    __hf_escape $PWD
    __hf_folder_marks=$'\e]633;P;Cwd='$__hf_escaped$'\a\e]7;file://'$HOST
    __hf_encode $PWD
    __hf_folder_marks+=$__hf_escaped$'\a'
  fi
  case $__hf_ran in
    1)
      __hf_now
      marks=$'\e]633;D;'"$__hf_status;$__hf_nonce;$__hf_index;$__hf_time"$'\a'
      ;;
    0) marks=$'\e]633;D\a' ;;
    *)
      builtin zmodload zsh/datetime 2> /dev/null
      marks=$'\e]633;P;Holdfast='$__hf_nonce$'\a\e]633;P;HasRichCommandDetection=True\a'
      ;;
  esac
  __hf_ran=0
  __hf_index=$((__hf_index + 1))
  __hf_print "$marks$__hf_folder_marks"
}

# First and last, whoever came since.
__hf_hook() {
  builtin emulate -L zsh
  if [[ $precmd_functions[1] != __hf_first || $precmd_functions[-1] != __hf_last ]]; then
    precmd_functions=(__hf_first ${precmd_functions:#__hf_(first|last)} __hf_last)
  fi
}

__hf_last() {
  builtin emulate -L zsh
  __hf_hook
  if [[ $preexec_functions[-1] != __hf_before_command ]]; then
    preexec_functions=(${preexec_functions:#__hf_before_command} __hf_before_command)
  fi
  PS1=$__hf_a${${PS1//$__hf_a/}//$__hf_b/}$__hf_b
}

precmd_functions=(__hf_first $precmd_functions __hf_last)
preexec_functions+=(__hf_before_command)
