import type { Message } from 'vscode-jsonrpc';

/** No JSON text begins with it. */
const WITH_BYTES = 0;
/** The mark, and the length of the JSON. */
const PREFIX_BYTES = 5;

/** What a result may be, as far as it matters here. */
interface Answer {
  result?: Readonly<Record<string, unknown>> | null;
  /** The field of `result` that the bytes behind the JSON belong to. */
  bytes?: string;
}

/**
 * A message as it travels: JSON, or, when a field of its result is bytes, a zero, the length of the JSON as u32
 * (big-endian), the JSON, which names that field as `bytes`, and the bytes as they are.
 * @returns its pieces, of which the second is those bytes
 */
export const encodeBody = (message: Message): readonly [Buffer] | readonly [Buffer, Uint8Array] => {
  const { result } = message as Answer;
  const field = typeof result === 'object' && result !== null ? fieldOfBytes(result) : undefined;
  if (field === undefined || result === null || result === undefined) {
    return [Buffer.from(JSON.stringify(message))];
  }
  const bytes = result[field] as Uint8Array;
  const json = JSON.stringify({ ...message, result: { ...result, [field]: undefined }, bytes: field });
  const head = Buffer.alloc(PREFIX_BYTES + Buffer.byteLength(json), WITH_BYTES);
  head.writeUInt32BE(head.length - PREFIX_BYTES, 1);
  head.write(json, PREFIX_BYTES);
  return [head, bytes];
};

/** Whether a part of this body becomes a part of the message, so that the two share their memory. */
export const hasBytes = (body: Uint8Array): boolean => body[0] === WITH_BYTES;

/** @throws SyntaxError or RangeError when it is none */
export const decodeBody = (body: Uint8Array): Message => {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!hasBytes(buffer)) {
    return JSON.parse(buffer.toString()) as Message;
  }
  const end = PREFIX_BYTES + buffer.readUInt32BE(1);
  const message = JSON.parse(buffer.toString('utf8', PREFIX_BYTES, end)) as Message & Answer;
  const { bytes, result } = message;
  return bytes === undefined
    ? message
    : ({ ...message, result: { ...result, [bytes]: buffer.subarray(end) } } as Message);
};

const fieldOfBytes = (result: Readonly<Record<string, unknown>>): string | undefined => {
  for (const name in result) {
    if (result[name] instanceof Uint8Array) {
      return name;
    }
  }
  return undefined;
};
