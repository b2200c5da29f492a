import type { Size } from '../protocol/model';
import type { TerminalAttach } from '../protocol/terminals';
import type { AttachOptions, ResetReason } from './attachmentTypes';

type Optional = 'size' | 'sizing' | 'history' | 'room' | 'takeOver';
type Wanted = Pick<AttachOptions, 'target' | 'mode'> & {
  readonly [Key in Optional]?: AttachOptions[Key] | undefined;
};

/** What the daemon is asked for a viewer that comes. */
export const paramsToAttach = (wanted: Wanted): TerminalAttach.Params => {
  const { target, mode, size, sizing, history, room, takeOver } = wanted;
  return {
    target,
    mode,
    bytes: true,
    ...(size === undefined ? {} : { size }),
    ...(sizing === undefined ? {} : { sizing }),
    ...(history === undefined ? {} : { history }),
    ...(room === undefined ? {} : { room }),
    ...(takeOver === undefined ? {} : { takeOver }),
  };
};

/**
 * The same for one whose stream broke: nobody is sent away again.
 * @param target the terminal itself, whatever was asked for at first
 * @param size what it has by now
 */
export const paramsToReattach = (
  target: AttachOptions['target'],
  options: AttachOptions,
  size: Size | undefined,
): TerminalAttach.Params =>
  paramsToAttach({
    ...options,
    target,
    size,
    history: historyAfterReset(options, 'reattach'),
    takeOver: undefined,
  });

/** How many rows of scrollback a screen brings that is shown in place of an earlier one. */
export const historyAfterReset = (
  { resetHistory, history }: AttachOptions,
  reason: ResetReason,
): number | undefined =>
  typeof resetHistory === 'function' ? resetHistory(reason) : (resetHistory ?? history);
