import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './paths.mjs';

/**
 * A reporter for Node's test runner: one line of JSON a test, so that what ran is known even of a run that was ended.
 * Of a test that fails, the line has its title, place and error too.
 */
export default async function* counts(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A suite is as good as its tests.
    if (data.details?.type === 'suite') continue;
    const skipped = data.skip !== undefined || data.todo !== undefined;
    if (skipped) yield '{"skipped":1}\n';
    else if (type === 'test:pass') yield '{"passed":1}\n';
    else yield `${JSON.stringify({ failed: 1, failure: failureOf(data) })}\n`;
  }
}

function failureOf({ name, file, line, details }) {
  const error = details?.error?.cause ?? details?.error;
  const told = (error instanceof Error ? error.stack : undefined) ?? String(error);
  return { title: name, place: placeOf(file, line), error: told };
}

/** `test/cli/new.test.ts:12`; Node tells some of the places as a URL. */
function placeOf(file, line) {
  if (file === undefined) return '';
  const absolute = file.startsWith('file:') ? fileURLToPath(file) : file;
  return `${path.relative(root, absolute).split(path.sep).join('/')}:${line}`;
}
