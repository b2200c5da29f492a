import { bash, CTRL, DOWN, ESC, LEFT, python, type Scenario, times, UP } from './keys';
import { screens } from './screenScenarios';

const shells: readonly Scenario[] = [
  {
    name: 'bash-editing',
    debian: 'bash',
    script: bash,
    version: 'bash --version',
    steps: [
      ...[
        'ls --color=always project\r',
        'echo some words to edit',
        CTRL('a'),
        `${ESC}f`,
        CTRL('k'),
        CTRL('y'),
      ],
      ...[`${ESC}b`, CTRL('w'), '\r', CTRL('r'), 'ls', CTRL('g'), 'cat no\t', '\r'],
      ...[`echo ${'a long line '.repeat(12)}`, LEFT, LEFT, 'inserted', ...times(3, UP), CTRL('u'), '\r'],
      ...['project/\t\t', CTRL('u'), `${ESC}[200~echo one\necho two\n${ESC}[201~`, '\r', CTRL('l'), 'true\r'],
      ...['for i in 1 2 3; do printf "\\e[3${i}mline $i\\e[m\\n"; done\r', 'cat <<X\r', 'inside\r', 'X\r'],
    ],
  },
  {
    name: 'zsh-editing',
    debian: 'zsh',
    script: `printf "PROMPT='%%F{green}user@box%%f:%%F{blue}%%~%%f%%# '\\nRPROMPT='%%F{240}%%T%%f'\\nautoload -U compinit; compinit -u\\nzstyle ':completion:*' menu select\\nsetopt prompt_subst\\n" >.zshrc; exec zsh -i`,
    version: 'zsh --version',
    steps: [
      ...['ls --color=always\r', 'cat pro\t', 's\t', CTRL('u'), 'ls \t\t', DOWN, DOWN, CTRL('g'), CTRL('u')],
      ...['echo ', '漢字 é 😀', LEFT, LEFT, 'x', '\r', 'for i in a b\r', 'do echo $i\r', 'done\r'],
      ...[
        CTRL('r'),
        'echo',
        CTRL('r'),
        '\r',
        `echo ${'wrapping words '.repeat(10)}`,
        ...times(4, `${ESC}b`),
        CTRL('k'),
        '\r',
      ],
    ],
  },
  {
    name: 'fish-editing',
    debian: 'fish',
    script: `mkdir -p .config/fish; printf "function fish_prompt\\n set_color green; echo -n user@box; set_color normal; echo -n ' > '\\nend\\nset fish_greeting\\n" >.config/fish/config.fish; exec fish -i`,
    version: 'fish --version',
    steps: [
      ...[
        'ls --color=always\r',
        'echo hello world\r',
        'ech',
        `${ESC}[C`,
        '\r',
        'cat \t',
        '\t',
        DOWN,
        CTRL('c'),
      ],
      ...[
        'echo "unclosed',
        '"',
        '\r',
        'for i in 1 2\r',
        'echo $i\r',
        'end\r',
        UP,
        UP,
        CTRL('u'),
        'git --\t',
        CTRL('c'),
      ],
      ...['ls /nowhere', '\r', `echo ${'long '.repeat(30)}`, CTRL('a'), CTRL('k'), 'true\r'],
    ],
  },
  {
    name: 'bash-resized',
    debian: 'bash',
    script: bash,
    version: 'bash --version',
    steps: [
      ...[
        'for i in $(seq 1 40); do printf "\\e[3$((i % 8))mline %s\\e[m %s\\n" $i "$(seq -s " " 1 $i)"; done\r',
      ],
      ...[
        { cols: 60, rows: 24 },
        'echo narrower\r',
        { cols: 100, rows: 30 },
        'echo wider\r',
        { cols: 100, rows: 12 },
      ],
      ...['seq 1 30\r', { cols: 80, rows: 24 }, 'ls --color=always project\r', { cols: 37, rows: 9 }],
      ...[
        'echo 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\r',
        { cols: 80, rows: 24 },
        'true\r',
      ],
    ],
  },
];

const readers: readonly Scenario[] = [
  {
    name: 'git-log',
    debian: 'git',
    script:
      "export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='2024-05-01T12:00:00Z' GIT_COMMITTER_DATE='2024-05-01T12:00:00Z'; cd project; git init -q -b main; git config user.name User; git config user.email user@example.org; for i in 1 2 3 4 5 6 7 8; do echo \"line $i\" >>main.c; git add .; git commit -qm \"Change number $i\"; done; git checkout -qb topic; echo topic >>main.c; git commit -qam 'On a topic'; git log --graph --decorate --stat -p --color; git status; git diff --word-diff --color HEAD~2; exec bash --noprofile --rcfile /tmp/prompt -i",
    version: 'git --version',
    steps: [' ', ' ', '/Change\r', 'n', 'G', 'q', 'q', 'git branch -v --color=always\r'],
  },
  {
    name: 'python-repl',
    debian: 'python3',
    script: 'exec /usr/bin/python3 -q',
    version: '/usr/bin/python3 --version',
    steps: [
      ...[
        '1 + 1\r',
        'import sys\r',
        'def f(x):\r',
        '    return x * 2\r',
        '\r',
        'f("漢字 ")\r',
        'f(é',
        '\r',
        UP,
        UP,
        '\r',
      ],
      ...[
        'sys.pla\t',
        '\r',
        'print("\\x1b[31mred\\x1b[m " * 30)\r',
        '[n for n in range(60)]\r',
        'help(len)\r',
        'q',
        CTRL('d'),
      ],
    ],
  },
  {
    name: 'man',
    debian: 'man-db',
    script: 'man ./demo.1; exec bash --noprofile --rcfile /tmp/prompt -i',
    version: 'man --version',
    steps: [' ', '/option-2\r', 'n', 'N', 'G', 'b', 'q', 'true\r'],
  },
  {
    name: 'vttest-screen',
    debian: 'vttest',
    script: 'exec vttest',
    version: 'vttest -V',
    steps: ['1\r', ...times(7, '\r'), '2\r', ...times(16, '\r'), '0\r'],
  },
  {
    name: 'vttest-characters',
    debian: 'vttest',
    script: 'exec vttest',
    version: 'vttest -V',
    steps: ['3\r', '8\r', '\r', '9\r', '\r', '0\r', '8\r', ...times(14, '\r'), '0\r'],
  },
];

const output: readonly Scenario[] = [
  {
    name: 'progress-bars',
    debian: 'python3',
    script: python(
      'import sys,time\nfor i in range(0,101,4):\n sys.stdout.write("\\r\\x1b[32m" + "\\u2588"*(i//4) + "\\x1b[90m" + "\\u2591"*(25-i//4) + f"\\x1b[m {i:3d}%"); sys.stdout.flush(); time.sleep(.005)\nprint()\nfor n in range(4): print(f"task {n}: waiting")\nfor i in range(1,13):\n for n in range(4): print(f"\\x1b[{4-n}A\\r\\x1b[Ktask {n}: \\x1b[3{n+1}m{i*8}%\\x1b[m\\x1b[{4-n}B", end="\\r")\n sys.stdout.flush(); time.sleep(.005)\nfor c in "|/-\\\\"*4: sys.stdout.write("\\b"+c); sys.stdout.flush(); time.sleep(.005)\nprint("\\x1b]0;done\\x07\\x1b]9;4;1;50\\x07\\x1b[?25l...\\x1b[?25h")',
    ),
    version: '/usr/bin/python3 --version',
    steps: [{ until: '...' }],
  },
  {
    name: 'wide-and-combining',
    debian: 'coreutils',
    script: `printf '%s\\n' '漢字と仮名 한국어 ｆｕｌｌ' 'e\u0301a\u0300\u0323 ก็ हिन्दी' '👩‍💻 👨‍👩‍👧 🏳️‍🌈 🇩🇪 👍🏽 ☺️ ❤' '${'漢'.repeat(50)}' 'x${'字'.repeat(60)}' '─│┌┐ ▀▄█ ⣿⠿' 'עברית العربية'; printf 'a漢\\b\\b字\\r\\033[3Cx\\n'; printf '\\033[31m漢\\033[42m字\\033[m\\033[2Dy\\n'; printf '%s' '${'z'.repeat(79)}漢'; printf '\\n\\u0301 alone; \\xff\\xfe broken \\xe6\\xbc; nul \\0 end\\n'; exec bash --noprofile --rcfile /tmp/prompt -i`,
    version: 'ls --version',
    steps: ['echo 漢字 é😀', LEFT, LEFT, '\x7f', CTRL('a'), '😀', '\r', 'echo "👩‍💻" | cat -A\r'],
  },
  {
    name: 'links-and-colours',
    debian: 'coreutils',
    script: `ls --hyperlink=always --color=always -l --time-style=+ project | sed 's/file:[^ ]*\\/home/file:\\/\\/box\\/home/g'; for i in $(seq 0 255); do printf '\\033[48;5;%dm%4d\\033[m' $i $i; done; echo; for i in 1 2 3 4 5 7 8 9 53; do printf '\\033[%sm attribute %s \\033[m' $i $i; done; echo; for i in 1 2 3 4 5; do printf '\\033[4:%s;58;2;255;%s0;0mstyle %s\\033[m ' $i $i $i; done; printf '\\033[38;2;1;2;3;48;2;250;251;252mrgb\\033[m\\n'; printf '\\033]4;1;rgb:80/00/80\\033\\\\\\033]11;#102030\\007\\033]0;a title\\007\\033]8;id=x;https://example.org/a\\033\\\\a link\\033]8;;\\033\\\\\\n\\033[5 q\\033[?1003;1006;1004;2004h\\033]7;file://box/home/user\\033\\\\'; exec bash --noprofile --rcfile /tmp/prompt -i`,
    version: 'ls --version',
    steps: ['true\r', "printf '\\e[?1003;1006;1004l\\e]104\\a\\e]111\\a'\r", 'true\r'],
  },
  {
    name: 'flood',
    debian: 'coreutils',
    script:
      'for i in $(seq 1 1500); do printf "\\033[3$((i % 8));1m%05d\\033[m  a line of a build\\033[38;5;$((i % 256))m that says 漢字 or …\\033[0m /usr/src/file_%d.c:%d\\n" $i $((i % 13)) $((i * 7)); done',
    version: 'bash --version',
    steps: [],
    // In the middle of `CSI 38 ; 5 ; …`.
    cutTo: 120_007,
  },
  {
    name: 'flood-while-open',
    debian: 'coreutils',
    script: `printf 'before\\n\\033]0;a title that never ends'; seq 1 20; printf '\\007after\\n'; printf '\\033Pq#0;2;0;0;0'; seq 1 20; printf '\\033\\\\'; printf '\\033_Ga=T;'; head -c 3000 /dev/zero | tr '\\0' A; printf '\\033\\\\done\\n'; seq 1 200; printf '\\033[1;3'`,
    version: 'seq --version',
    steps: [],
  },
];

export const scenarios: readonly Scenario[] = [...shells, ...screens, ...readers, ...output];
