import { writeSync } from 'node:fs';
import { CLIENT_VERSION } from '../client/program';
import { HoldfastError } from '../protocol/errors';
import { requireUtf8 } from './arguments/utf8';
import { Context } from './context';
import { exitStatusOf, reportOf } from './errorReport';
import { missingArgument } from './missingArgument';
import { type Call, parse, wantsJson } from './program';
import { commands } from './table/table';

/** A reader that has seen enough (`| head`) is no error; the status is what shells give for SIGPIPE. */
const SIGPIPE_STATUS = 141;

/** What is being done; undefined also for help. */
let call: Call | undefined;

const run = async (argv: readonly string[]): Promise<number> => {
  const context = new Context(wantsJson(argv), process.env, process.stdout, process.stderr, commands);
  try {
    requireUtf8(argv);
    call = await parse(argv, CLIENT_VERSION, (text) => context.print(text));
    if (call === undefined) {
      return 0;
    }
    const { run: command } = await call.spec.load();
    return (await command(context, call.input)) ?? 0;
  } catch (thrown) {
    const known = HoldfastError.from(thrown);
    const error = call === undefined ? known : await missingArgument(known, call, context);
    context.stderr.write(reportOf(error, context.json));
    return exitStatusOf(error);
  } finally {
    context.dispose();
  }
};

/** Returns when everything written has left; pipes are asynchronous on some platforms. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') {
    process.exit(SIGPIPE_STATUS);
  }
  const failed = new HoldfastError(
    'INTERNAL_ERROR',
    `the result can't be written: ${error.message}`,
    call === undefined || call.spec.onlyReads === true
      ? 'Write to where there is room; nothing has been changed.'
      : 'What was asked for has been done: look at the state with holdfast ls, and write to where there is room.',
  );
  // At once, on every platform: the process ends here.
  writeSync(process.stderr.fd, reportOf(failed, wantsJson(process.argv.slice(2))));
  process.exit(exitStatusOf(failed));
});
process.stderr.on('error', () => {
  // Nobody reads what went wrong; the exit status still says that something did.
});

void run(process.argv.slice(2)).then(async (status) => {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(status);
});
