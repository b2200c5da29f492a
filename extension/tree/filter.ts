import type { SessionInfo } from '../../daemon/protocol/model';

/**
 * Whether a session is meant by what somebody has typed: each word is a part of its name, its folders, its commands, its
 * group, its tags, its note or its state; case does not matter.
 *
 * @param said what its row says of its state, in the user's language
 */
export const isMeantBy = (filter: string, session: SessionInfo, said: readonly string[]): boolean => {
  const words = wordsOf(filter);
  if (words.length === 0) {
    return true;
  }
  const { name, group, state, tags, note, cwd, terminals } = session;
  const texts = [
    ...[name, group ?? '', state, note ?? '', cwd, ...tags, ...said],
    ...terminals.flatMap((terminal) => [
      ...[terminal.name, terminal.state, terminal.cwd, terminal.title, terminal.foreground ?? ''],
      ...[terminal.command.join(' '), terminal.currentCommand?.command ?? ''],
    ]),
  ].map((text) => text.toLowerCase());
  return words.every((word) => texts.some((text) => text.includes(word)));
};

const wordsOf = (filter: string): readonly string[] =>
  filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
