# zsh reads this file because ZDOTDIR names its folder. It gives ZDOTDIR back before anything else, so that zsh reads
# all of the user's own files itself, and has the shell integration beside it.
if [[ -n ${HOLDFAST_SHELL_ZDOTDIR+set} ]]; then
  'builtin' 'export' ZDOTDIR=$HOLDFAST_SHELL_ZDOTDIR
  'builtin' 'unset' HOLDFAST_SHELL_ZDOTDIR
else
  'builtin' 'unset' ZDOTDIR
fi
if [[ -o interactive && -n ${HOLDFAST_SHELL_NONCE-} ]]; then
  'builtin' 'source' "${${(%):-%x}:A:h}/integration.zsh"
fi
'builtin' 'unset' HOLDFAST_SHELL_NONCE HOLDFAST_SHELL_NUMBER
if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then
  'builtin' 'source' "${ZDOTDIR-$HOME}/.zshenv"
fi
