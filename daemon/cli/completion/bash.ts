import type { CommandSpec } from '../table/spec';
import type { CommandWords, OptionWords } from './words';
import { commandWords } from './words';

/** A completion script for bash 3.2 and later (macOS still ships that one). */
export const bashScript = (specs: readonly CommandSpec[]): string => {
  const commands = commandWords(specs);
  return `# bash completion for holdfast: source <(holdfast completion bash)
_holdfast_sessions() {
  command holdfast __complete sessions 2>/dev/null
}
_holdfast_terminals() {
  command holdfast __complete terminals 2>/dev/null
}
# Offers SESSION, and SESSION:TERMINAL behind a colon, at which bash may have parted the word.
_holdfast_targets() {
  local word=\${COMP_LINE:0:COMP_POINT}
  word=\${word##*[[:space:]]}
  if [[ $word != *:* ]]; then
    COMPREPLY=($(compgen -W "$(_holdfast_sessions)" -- "$word"))
    return 0
  fi
  COMPREPLY=($(compgen -W "$(_holdfast_terminals)" -- "$word"))
  if [[ $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${word%:*}:"}")
  fi
}
_holdfast() {
  local current previous command= subcommand= word index
  COMPREPLY=()
  current=\${COMP_WORDS[COMP_CWORD]}
  previous=\${COMP_WORDS[COMP_CWORD-1]}
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == -- ]] && return 0
    [[ $word == -* ]] && continue
    if [[ -z $command ]]; then command=$word; elif [[ -z $subcommand ]]; then subcommand=$word; fi
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "${commands.flatMap(({ names }) => names).join(' ')} --json --help --version" -- "$current"))
    return 0
  fi
  case $command in
${commands.map(branch).join('')}  esac
}
complete -o default -F _holdfast holdfast
`;
};

const branch = (command: CommandWords): string =>
  command.subcommands.length === 0
    ? `    ${command.names.join('|')})\n${completions(command, '      ')}      ;;\n`
    : `    ${command.names.join('|')})
      case $subcommand in
${command.subcommands.map((inner) => `        ${inner.names.join('|')})\n${completions(inner, '          ')}          ;;\n`).join('')}        *)
          COMPREPLY=($(compgen -W "${command.subcommands.flatMap(({ names }) => names).join(' ')}" -- "$current")) ;;
      esac
      ;;
`;

const completions = (command: CommandWords, indent: string): string => {
  const values = command.options.filter(({ takesValue }) => takesValue);
  const lines: string[] = [];
  if (values.length > 0) {
    lines.push('case $previous in', ...values.map((option) => `  ${valueCase(option)}`), 'esac');
  }
  const options = command.options.flatMap(({ short, long }) =>
    short === undefined ? [long] : [short, long],
  );
  lines.push(
    'if [[ $current == -* ]]; then',
    `  COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$current")); return 0`,
    'fi',
  );
  if (command.argument === 'session') {
    lines.push('_holdfast_targets');
  } else if (Array.isArray(command.argument)) {
    lines.push(`COMPREPLY=($(compgen -W "${command.argument.join(' ')}" -- "$current"))`);
  }
  return lines.map((line) => `${indent}${line}\n`).join('');
};

const valueCase = ({ short, long, completion }: OptionWords): string => {
  const names = short === undefined ? long : `${short}|${long}`;
  if (completion === 'folder') {
    return `${names}) COMPREPLY=($(compgen -d -- "$current")); return 0 ;;`;
  }
  return Array.isArray(completion)
    ? `${names}) COMPREPLY=($(compgen -W "${completion.join(' ')}" -- "$current")); return 0 ;;`
    : `${names}) return 0 ;;`;
};
