import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { NO_WAIT } from '../platform/onlyFile';
import { syncFolderCalmly } from '../platform/privateFile';
import { requireOwnFolder } from '../platform/privateFolder';
import {
  type Anchor,
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  type JournalHeader,
  SLOT_BYTES,
} from './format';

/** Bytes addressed by position, of which the last `capacity` can be kept. */
export interface Ring {
  readonly capacity: number;
  /** Fills `target` from `position`; returns how many bytes there were. */
  read(position: number, target: Buffer): number;
  /** @throws what the file system throws; nothing is promised about the bytes then */
  write(position: number, data: Buffer): void;
}

/** A ring in memory, for as long as the disk is full. */
export class MemoryRing implements Ring {
  private readonly _bytes: Buffer;

  public constructor(public readonly capacity: number) {
    this._bytes = Buffer.alloc(capacity);
  }

  public read(position: number, target: Buffer): number {
    return eachPiece(this.capacity, position, target, (at, piece) => this._bytes.copy(piece, 0, at));
  }

  public write(position: number, data: Buffer): void {
    eachPiece(this.capacity, position, data, (at, piece) => piece.copy(this._bytes, at));
  }
}

/** The file of a journal: its header and its ring. */
export class RingFile implements Ring {
  private _isDirty = false;
  private _isSyncing = false;
  private _isClosed = false;

  /** @param _unnamedIn the folder, until that knows this file's name after a power cut */
  private constructor(
    private readonly _fd: number,
    public readonly capacity: number,
    private _sequence: number,
    private _unnamedIn: string | undefined,
    private _start: Pick<JournalHeader, 'position' | 'offset' | 'size' | 'anchors'> | undefined,
    private _setAsideBefore = 0,
  ) {}

  /** Creates or empties the file, sparse and 0600. @throws HoldfastError AUTH_FAILED where its folder is another's; what open(2) fails with */
  public static create(
    path: string,
    capacity: number,
    start: Anchor,
    anchors: readonly Anchor[] = [],
  ): RingFile {
    requireOwnFolder(dirname(path));
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | NO_FOLLOW, 0o600);
    try {
      ftruncateSync(fd, HEADER_BYTES + capacity);
      const file = new RingFile(fd, capacity, 0, dirname(path), undefined);
      file.writeHeader(start, anchors);
      return file;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /**
   * Opens a journal's file; undefined when it is absent or none: a link, a pipe or a folder stands in its place.
   * @throws what open(2) fails with otherwise
   */
  public static open(
    path: string,
    mode: 'read' | 'write',
  ): { file: RingFile; header: JournalHeader } | undefined {
    let fd: number;
    try {
      fd = openSync(path, (mode === 'read' ? constants.O_RDONLY : constants.O_RDWR) | NO_FOLLOW | NO_WAIT);
    } catch (error) {
      if (['ENOENT', 'ELOOP', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
        return undefined;
      }
      throw error;
    }
    try {
      const bytes = Buffer.alloc(HEADER_BYTES);
      const header =
        fstatSync(fd).isFile() && readSync(fd, bytes, 0, HEADER_BYTES, 0) > 0
          ? decodeHeader(bytes)
          : undefined;
      if (header === undefined) {
        closeSync(fd);
        return undefined;
      }
      // Whoever created it may have died before its name was on the disk.
      const file = new RingFile(
        fd,
        header.capacity,
        header.sequence,
        dirname(path),
        header,
        header.setAsideBefore,
      );
      return { file, header };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  public read(position: number, target: Buffer): number {
    return eachPiece(this.capacity, position, target, (at, piece) =>
      readSync(this._fd, piece, 0, piece.length, HEADER_BYTES + at),
    );
  }

  /** Whether something was written that a power cut may take. */
  public get isDirty(): boolean {
    return this._isDirty;
  }

  /** Brings what is written to the disk, on a thread of its own; does nothing while it does. Never rejects. */
  public sync(): Promise<void> {
    if (this._isSyncing || this._isClosed) {
      return Promise.resolve();
    }
    this._isSyncing = true;
    this._isDirty = false;
    return new Promise((resolve) => {
      this._bringToDisk((error) => {
        this._isSyncing = false;
        // A disk that takes nothing now is asked again.
        this._isDirty ||= error !== null;
        if (this._isClosed) {
          closeSync(this._fd);
        }
        resolve();
      });
    });
  }

  private _bringToDisk(done: (error: Error | null) => void): void {
    const folder = this._unnamedIn;
    fdatasync(this._fd, (failed) => {
      if (failed !== null || folder === undefined) {
        done(failed);
        return;
      }
      syncFolderCalmly(folder, (error) => {
        this._unnamedIn = error === null ? undefined : folder;
        done(error);
      });
    });
  }

  public write(position: number, data: Buffer): void {
    this._isDirty = true;
    eachPiece(this.capacity, position, data, (at, piece) => writeAll(this._fd, piece, HEADER_BYTES + at));
  }

  /**
   * Replaces the older of the two slots, so that one is valid at any moment.
   * @param whole `cut` when what follows the newest record is somewhere else
   */
  public writeHeader(
    { position, offset, size }: Anchor,
    anchors: readonly Anchor[],
    whole: 'whole' | 'cut' = 'whole',
  ): void {
    const sequence = this._sequence + 1;
    this._isDirty = true;
    const start = { position, offset, size, anchors };
    const isCut = whole === 'cut';
    const { capacity, _setAsideBefore: setAsideBefore } = this;
    const slot = encodeHeader({ ...start, isCut, setAsideBefore, sequence, capacity });
    writeAll(this._fd, slot, (sequence % 2) * SLOT_BYTES);
    this._sequence = sequence;
    this._start = start;
  }

  /** Which of its broken places were set aside: what headers say from now on. */
  public noteSetAside(before: number): void {
    this._setAsideBefore = before;
  }

  /** Says so in the header that there is, which takes no room on a full disk. */
  public noteCut(): void {
    try {
      if (this._start !== undefined) {
        this.writeHeader(this._start, this._start.anchors, 'cut');
      }
    } catch {
      // A disk that takes nothing at all: whoever reads the file is not told.
    }
  }

  public close(): void {
    this._isClosed = true;
    if (!this._isSyncing) {
      closeSync(this._fd);
    }
  }
}

/** A link in a journal's place is refused; Windows has no such flag. */
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

const writeAll = (fd: number, data: Buffer, at: number): number => {
  let written = 0;
  while (written < data.length) {
    written += writeSync(fd, data, written, data.length - written, at + written);
  }
  return written;
};

/** Visits `data` in the one or two pieces it has in the ring, until a piece comes short. */
const eachPiece = (
  capacity: number,
  position: number,
  data: Buffer,
  visit: (at: number, piece: Buffer) => number,
): number => {
  const at = position % capacity;
  const first = Math.min(data.length, capacity - at);
  const done = visit(at, data.subarray(0, first));
  return done < first || first === data.length ? done : done + visit(0, data.subarray(first));
};
