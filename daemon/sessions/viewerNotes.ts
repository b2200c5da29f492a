import type { HostViewersChanged } from '../protocol/host';
import type { ViewerInfo } from '../protocol/model';
import type { StoreWriter } from '../store/store';
import type { Catalog } from './catalog';
import { noteSize } from './sizeNotes';

/** Takes in who looks at a terminal now, and its size in force. Resolves when what is kept of it is on the disk. */
export const noteViewers = async (
  catalog: Catalog,
  { terminal, viewers, size }: HostViewersChanged.Params,
): Promise<void> => {
  const row = catalog.terminal(terminal);
  const before = catalog.live(terminal).viewers;
  catalog.setLive(terminal, { viewers });
  if (row === undefined) {
    return;
  }
  const came = without(viewers, before);
  const left = without(before, viewers);
  const addEvents = (writer: StoreWriter): void => {
    const about = { time: Date.now(), session: row.session, terminal };
    for (const viewer of came) {
      writer.addEvent({ ...about, event: 'viewer-attached', viewer: viewer.id });
    }
    for (const viewer of left) {
      writer.addEvent({ ...about, event: 'viewer-detached', viewer: viewer.id });
    }
  };
  await noteSize(catalog, terminal, size, came.length > 0 || left.length > 0 ? addEvents : undefined);
};

const without = (all: readonly ViewerInfo[], some: readonly ViewerInfo[]): readonly ViewerInfo[] =>
  all.filter((viewer) => !some.some((other) => other.id === viewer.id));
