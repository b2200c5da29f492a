import fc from 'fast-check';
import type { SessionId, TerminalId } from '../protocol/ids';
import type { Store, StoreWriter } from './store';
import { sessionRow, terminalRow } from './testRows';

/** Everything a store shows, comparable. */
export const contentOf = (store: Store): string =>
  JSON.stringify([store.sessions(), store.terminals(), store.events()]);

export type Step =
  | { readonly does: 'change'; readonly writes: readonly Write[] }
  | { readonly does: 'crash' | 'close' };
export type Write = readonly [
  what: 'session' | 'terminal' | 'drop' | 'drop-terminal' | 'event',
  who: number,
  text: string,
];

export const apply = (writer: StoreWriter, [what, who, text]: Write): void => {
  const session = `s${who}` as SessionId;
  switch (what) {
    case 'session':
      writer.putSession(sessionRow(session, { note: text, tags: [text] }));
      break;
    case 'terminal':
      writer.putTerminal(terminalRow(`t${who}`, session, { title: text, args: [text] }));
      break;
    case 'drop':
      writer.removeSession(session);
      break;
    case 'drop-terminal':
      writer.removeTerminal(`t${who}` as TerminalId);
      break;
    case 'event':
      writer.addEvent({ time: 1000, event: 'bell', session, details: { text } });
      break;
  }
};

const write: fc.Arbitrary<Write> = fc.tuple(
  fc.constantFrom('session', 'session', 'terminal', 'terminal', 'drop', 'drop-terminal', 'event'),
  fc.nat(4),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant('change'),
      writes: fc.array(write, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('crash', 'close') }) },
);
export const steps = fc.array(step, { minLength: 1, maxLength: 40 });
