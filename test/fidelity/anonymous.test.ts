import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readRecording, recordingNames } from './recording';

/** Recordings are made in namespaces of their own, by these names: `record/room.sh`. */
const NEUTRAL = new Set(['user', 'box', '127.0.0.1']);
/** Where sequences are left out, other text may stand right before them. */
const NEUTRAL_ADDRESS = /(?:user|root)@box$|user@example\.org$/;

const SEQUENCES =
  /\x1b(?:\[[\x20-\x3f]*[\x40-\x7e]|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|[\x20-\x2f]*[\x30-\x7e])/g;

/** Where programs show whose machine they run on. What is named there is the first group. */
const PLACES = [
  // Shells' prompts, mail addresses, mc's title.
  /\b([a-z_][a-z0-9_-]*@[a-z0-9][a-z0-9.-]*)/gi,
  /\/(?:home|Users)\/([\w.-]+)/g,
  // OSC 7 and the links of `ls`; the host may be left out.
  /file:\/\/([\w.-]+)\//g,
  // The right end of tmux's status line: "host" 07:20 21-Nov-26.
  /"([^"\r\n]*)" +\d\d:\d\d \d\d-\w{3}-\d\d/g,
  // A session of screen: 8.pts-1.host.
  /\b\d+\.(?:pts|tty)[\w-]*\.([\w.-]+)/g,
  // `uname -a`, and what getty greets with.
  /\bLinux ([\w.-]+) \d+\.\d/g,
  /^([\w.-]+) login: /gm,
  /\b(\d{1,3}(?:\.\d{1,3}){3})\b/g,
  // What a container is called unless it is given a name.
  /\b((?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{12})\b/g,
] as const;

/** Every name of a user, a home folder or a host in a terminal's output that is not a neutral one. */
const namesIn = (output: string): readonly string[] => {
  // In titles and links, in text that is coloured in pieces, and in pieces that only sequences separate.
  const readings = [output, output.replace(SEQUENCES, ''), output.replace(SEQUENCES, ' ')];
  // `/root` is anybody's.
  const folders = [homedir(), resolve(__dirname, '..', '..')].filter(
    (folder) => /^\/.+\/./.test(folder) && folder !== '/home/user',
  );
  const found = readings.flatMap((text) => [
    ...folders.filter((folder) => text.includes(folder)),
    ...PLACES.flatMap((place) => [...text.matchAll(place)].map(([, name = '']) => name)),
  ]);
  return [...new Set(found)].filter((name) => !NEUTRAL.has(name) && !NEUTRAL_ADDRESS.test(name));
};

test('names are found wherever programs show them', () => {
  const shown: readonly (readonly [string, string])[] = [
    ['\x1b[32mjane@tower\x1b[m:\x1b[34m~\x1b[m$ ', 'jane@tower'],
    ['\x1b[32mjane\x1b[m@\x1b[33mtower\x1b[m:~$ ', 'jane@tower'],
    ['\x1b]0;mc [root@tower]:~\x07', 'root@tower'],
    ['ls /home/jane', 'jane'],
    ['\x1b]7;file://tower/tmp\x1b\\', 'tower'],
    ['\x1b[24;1H\x1b[30m\x1b[42m[0] 0:bash*         "tower" 07:20 21-Nov-26\x1b(B\x1b[m', 'tower'],
    ['[detached from 8.pts-1.tower]', 'tower'],
    ['Linux tower 6.1.0-13-amd64 #1 SMP', 'tower'],
    ['\r\ntower login: ', 'tower'],
    ['from 192.168.1.20', '192.168.1.20'],
    ['root: 2b7c3846102f ~', '2b7c3846102f'],
  ];
  for (const [output, name] of shown) {
    assert.ok(namesIn(output).includes(name), `${JSON.stringify(output)}: ${namesIn(output).join()}`);
  }
});

for (const name of recordingNames()) {
  test(`${name} names neither the user nor the machine it was recorded on`, () => {
    const { bytes, program } = readRecording(name);
    assert.deepEqual(namesIn(`${program}\n${bytes.toString('latin1')}`), []);
  });
}
