import { l10n } from 'vscode';
import type { Ending } from '../../daemon/platform/lifetime/ending';

/** What a button does about it. */
export type Cure = { readonly title: string } & (
  | { readonly kind: 'linger' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'open'; readonly url: string }
);

export interface EndingWords {
  readonly text: string;
  readonly cures: readonly Cure[];
}

const LINGER = 'loginctl enable-linger';
const OWN_SCOPE = `${LINGER} && systemd-run --user --scope holdfast daemon start`;
const DEV_CONTAINER = '"shutdownAction": "none"';
const CODESPACES_SETTINGS = 'https://github.com/settings/codespaces';

/** What a person is told of what will end their sessions, and what they can do. */
export const wordsFor = (ending: Ending): EndingWords => {
  switch (ending.kind) {
    case 'logout':
      return {
        text: l10n.t(
          'systemd ends your sessions when this login session ends (KillUserProcesses=yes, {0}). Once they have ended, start the daemon in a scope of its own.',
          ending.unit,
        ),
        cures: [{ kind: 'copy', title: l10n.t('Copy Command'), text: OWN_SCOPE }],
      };
    case 'lastLogout':
      return {
        text: l10n.t(
          'systemd ends your sessions when you log out everywhere, because they run below {0}. With lingering they go on.',
          ending.unit,
        ),
        cures: [
          { kind: 'linger', title: l10n.t('Enable Lingering') },
          { kind: 'copy', title: l10n.t('Copy Command'), text: LINGER },
        ],
      };
    case 'stop':
      return stopWords(ending.container);
  }
};

const stopWords = (container: Extract<Ending, { kind: 'stop' }>['container']): EndingWords => {
  switch (container) {
    case 'devcontainer':
      return {
        text: l10n.t(
          'Your sessions end when this dev container stops, as it does when its last window is closed. With {0} in devcontainer.json it goes on.',
          DEV_CONTAINER,
        ),
        cures: [{ kind: 'copy', title: l10n.t('Copy Setting'), text: DEV_CONTAINER }],
      };
    case 'codespaces':
      return {
        text: l10n.t(
          'Your sessions end when this codespace stops, as it does when nobody has used it for a while. GitHub’s settings have that time.',
        ),
        cures: [{ kind: 'open', title: l10n.t('Open GitHub’s Settings'), url: CODESPACES_SETTINGS }],
      };
    case 'wsl':
      return {
        text: l10n.t(
          'Your sessions end when Windows stops this WSL distribution. What they showed is kept, and they can be resurrected.',
        ),
        cures: [],
      };
    case 'docker':
    case 'podman':
    case 'kubernetes':
    case 'container':
      return {
        text: l10n.t(
          'Your sessions end when this container stops. What they showed is kept as long as its files are, and they can be resurrected.',
        ),
        cures: [],
      };
  }
};
