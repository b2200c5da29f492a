/** A reporter for Node's test runner: one line of JSON a test, so that what ran is known even of a run that was ended. */
export default async function* counts(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A suite is as good as its tests.
    if (data.details?.type === 'suite') continue;
    const skipped = data.skip !== undefined || data.todo !== undefined;
    if (skipped) yield '{"skipped":1}\n';
    else yield type === 'test:pass' ? '{"passed":1}\n' : '{"failed":1}\n';
  }
}
