import type { CommandSpec } from './spec';

const GROUP = 'Holdfast itself:';
const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const daemonCommands: readonly CommandSpec[] = [
  {
    name: 'daemon start',
    group: GROUP,
    summary: 'start the daemon',
    description: 'Starts the daemon if none runs. Every command that needs one does so by itself.',
    arguments: [],
    options: [{ flags: '--keep', description: 'it stays although nothing is left to do' }],
    examples: [{ line: 'holdfast daemon start --keep', does: 'a daemon that stays' }],
    load: async () => ({ run: (await import('../commands/daemon')).start }),
  },
  {
    name: 'daemon stop',
    group: GROUP,
    summary: 'stop the daemon',
    description: 'Stops the daemon. Refuses while programs run.',
    arguments: [],
    options: [{ flags: '--force', description: 'end all programs first' }],
    examples: [{ line: 'holdfast daemon stop --force', does: 'end every session and the daemon' }],
    load: async () => ({ run: (await import('../commands/daemon')).stop }),
  },
  {
    name: 'daemon restart',
    group: GROUP,
    summary: 'replace the daemon under running programs',
    description:
      'Puts a new daemon in the place of the one that runs, also of one that does not answer. Programs and viewers go on.',
    arguments: [],
    options: [],
    examples: [{ line: 'holdfast daemon restart', does: 'a new daemon, the same sessions' }],
    load: async () => ({ run: (await import('../commands/daemon')).restart }),
  },
  {
    name: 'daemon status',
    group: GROUP,
    summary: 'say whether a daemon runs',
    description: 'Says whether a daemon runs, and what it costs. Starts none.',
    arguments: [],
    options: [],
    onlyReads: true,
    examples: [{ line: 'holdfast daemon status --json', does: '{"running":false} when none runs' }],
    load: async () => ({ run: (await import('../commands/daemon')).status }),
  },
  {
    name: 'doctor',
    group: GROUP,
    summary: 'check the installation',
    description:
      "Checks the runtime, folders, the store's files, sockets and the daemon, and says what to do. Starts no daemon.",
    arguments: [],
    options: [],
    onlyReads: true,
    examples: [{ line: 'holdfast doctor', does: 'exit status 1 when something is broken' }],
    load: () => import('../commands/doctor'),
  },
  {
    name: 'completion',
    group: GROUP,
    summary: 'print a completion script for a shell',
    description: 'Prints a script that completes commands, options and session names.',
    arguments: [{ name: 'SHELL', description: SHELLS.join(', '), completion: SHELLS }],
    options: [],
    onlyReads: true,
    examples: [
      { line: 'source <(holdfast completion bash)', does: 'in ~/.bashrc' },
      { line: 'source <(holdfast completion zsh)', does: 'in ~/.zshrc, behind compinit' },
      { line: 'holdfast completion fish > ~/.config/fish/completions/holdfast.fish', does: 'for fish' },
    ],
    load: () => import('../commands/completion'),
  },
  {
    name: '__complete',
    group: GROUP,
    summary: 'session names for a completion script',
    description: 'Prints what a TARGET may be, one a line, if a daemon runs: sessions, or SESSION:TERMINAL.',
    arguments: [{ name: 'WHAT', description: 'sessions or terminals' }],
    options: [],
    onlyReads: true,
    examples: [],
    hidden: true,
    load: () => import('../commands/complete'),
  },
];
