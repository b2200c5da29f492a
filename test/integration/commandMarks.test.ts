import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CommandMarks } from '../../daemon/screen/commandMarks';
import { feed, plainTerminal } from '../../daemon/screen/testing/transparency';
import { coreOf } from '../../daemon/screen/xtermInternals';
import { Place, type Screen, startProgram } from './clientFixture';

const COMMANDS = [1, 2, 3].map(
  (index) =>
    `printf '\\033]633;A\\007$ \\033]633;B\\007make ${index}\\n\\033]633;E;make ${index}\\007\\033]633;C\\007'; ` +
    `seq ${index * 20}; printf '\\033]633;D;${index}\\007'`,
);
const PROGRAM = `${COMMANDS.join('; ')}; printf '\\033]633;A\\007$ \\033]633;B\\007'; echo ready; exec cat`;

const place = new Place();
after(() => place.leave());

/** Each mark with the text of its row, as an emulator has them that has shown what this viewer got. */
const marksOf = ({ text }: Screen): string[] => {
  const terminal = plainTerminal({ cols: 80, rows: 24 });
  const marks = new CommandMarks(terminal);
  feed(terminal, Buffer.from(text));
  const { lines } = coreOf(terminal)._bufferService.buffers.normal;
  const found = Array.from({ length: lines.length }, (_, row) =>
    marks
      .at(row)
      .map(
        ({ column, payload }) => `${payload} at ${column} of '${lines.get(row)?.translateToString(true)}'`,
      ),
  ).flat();
  marks.dispose();
  terminal.dispose();
  return found;
};

test('a viewer that attaches later gets the marks of commands where one that never left has them', async () => {
  const connection = await place.connection();
  const session = await startProgram(connection, 'sh', '-c', PROGRAM);
  const first = await place.attach(connection, session);
  await first.shows('ready');
  const second = await place.attach(connection, session);
  await second.shows('ready');
  const marks = marksOf(second);
  assert.deepEqual(marks, marksOf(first));
  assert.deepEqual(
    marks.filter((mark) => /633;[AD]/.test(mark)),
    [
      "633;A at 0 of '$ make 1'",
      "633;D;1 at 0 of '$ make 2'",
      "633;A at 0 of '$ make 2'",
      "633;D;2 at 0 of '$ make 3'",
      "633;A at 0 of '$ make 3'",
      "633;D;3 at 0 of '$ ready'",
      "633;A at 0 of '$ ready'",
    ],
  );
});
