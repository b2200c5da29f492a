import type { CommandSpec } from '../table/spec';
import type { CommandWords, OptionWords } from './words';
import { commandWords } from './words';

/** A completion script for zsh: to be sourced, or put as `_holdfast` into a folder of $fpath. */
export const zshScript = (specs: readonly CommandSpec[]): string => {
  const commands = commandWords(specs);
  return `#compdef holdfast
# zsh completion for holdfast: source <(holdfast completion zsh)
_holdfast_sessions() {
  local -a names
  local what=sessions
  [[ $PREFIX == *:* ]] && what=terminals
  names=(\${(f)"$(command holdfast __complete $what 2>/dev/null)"})
  (( \${#names} )) && compadd -a names
}
_holdfast() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${describe(commands, '    ')}  )
  _arguments -C '--json[print one JSON value]' '--version[print the version]' '(-h --help)'{-h,--help}'[print help]' \\
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $words[1] in
${commands.map(branch).join('')}      esac
      ;;
  esac
}
if [[ $funcstack[1] == _holdfast ]]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
`;
};

const describe = (commands: readonly CommandWords[], indent: string): string =>
  commands
    .flatMap(({ names, summary }) => names.map((name) => `${indent}${quote(`${name}:${summary}`)}\n`))
    .join('');

const branch = (command: CommandWords): string => {
  if (command.subcommands.length === 0) {
    return `        ${command.names.join('|')}) _arguments -S ${argumentsOf(command).join(' ')} ;;\n`;
  }
  return `        ${command.names.join('|')})
          local -a subcommands
          subcommands=(
${describe(command.subcommands, '            ')}          )
          _arguments -C '1:command:->subcommand' '*::argument:->rest'
          case $state in
            subcommand) _describe -t commands command subcommands ;;
            rest)
              case $words[1] in
${command.subcommands
  .map(
    (inner) => `                ${inner.names.join('|')}) _arguments -S ${argumentsOf(inner).join(' ')} ;;\n`,
  )
  .join('')}              esac
              ;;
          esac
          ;;
`;
};

const argumentsOf = (command: CommandWords): readonly string[] => [
  ...command.options.map(optionArgument),
  quote(`1:${positional(command.argument)}`),
  ...(command.takesProgram ? [quote('*::program:_normal')] : [quote('*:word: ')]),
];

const positional = (argument: CommandWords['argument']): string => {
  if (argument === 'session') {
    return 'session:_holdfast_sessions';
  }
  return typeof argument === 'object' ? `word:(${argument.join(' ')})` : 'word: ';
};

const optionArgument = ({ short, long, takesValue, description, completion }: OptionWords): string => {
  const value = takesValue ? `:value:${valueAction(completion)}` : '';
  const text = `[${description.replace(/[[\]:]/g, '\\$&')}]${value}`;
  return short === undefined
    ? quote(`${long}${text}`)
    : `'(${short} ${long})'{${short},${long}}${quote(text)}`;
};

const valueAction = (completion: OptionWords['completion']): string => {
  if (completion === 'folder') {
    return '_files -/';
  }
  return typeof completion === 'object' ? `(${completion.join(' ')})` : ' ';
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
