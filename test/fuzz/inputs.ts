import fc from 'fast-check';
import { FrameKind, MAX_FRAME_BYTES } from '../../daemon/protocol/frames';
import { MAX_HELLO_BYTES } from '../../daemon/protocol/hello';
import { MAX_CALL_BYTES } from '../../daemon/protocol/message';

/** Where bytes are taken in: instead of a hello; behind a good one on a control connection; behind a good ticket. */
export type InputKind = 'hello' | 'control' | 'stream';

/** What a client could send by mistake or on purpose. */
export interface Input {
  readonly kind: InputKind;
  readonly bytes: Buffer;
  /** Nothing can be sent behind it: it breaks off, or is no message and no frame at all. */
  readonly ends: boolean;
}

/** What only somebody who has been let in knows. */
export interface Secrets {
  readonly token: string;
  /** Messages that are served where it is sent. */
  readonly methods: readonly string[];
}

/** Names that mean something to JavaScript. */
const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then'];

const key = fc.oneof(
  fc.string(),
  fc.constantFrom(...PROTOTYPE_KEYS, 'target', 'text', 'size', 'cols', 'session'),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', '../..', '%s', '\x1b[c', 'a'.repeat(70_000)),
);
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-1, 0, 2 ** 31, 2 ** 53, 1e308, -0.5));

/** Any JSON, of the shapes parameters have and of others. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(key, tie('json'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

const sized = (body: Uint8Array, length: number | string = body.length): Buffer =>
  Buffer.concat([Buffer.from(`Content-Length: ${length}\r\n\r\n`), body]);

const encoded = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? 'undefined');

const NOBODY = 'fuzznobody00';

/**
 * Parameters that could do something begin with a target that nobody has: what is sent must not disturb the
 * witness, whose terminal anybody with the token may type into.
 */
const nobodys = fc
  .dictionary(key, json, { maxKeys: 6, noNullPrototype: true })
  .map((fields) => ({ ...fields, target: { text: 'fuzz-nobody' }, terminal: NOBODY, session: NOBODY }));

const params = fc.oneof(
  nobodys,
  // JSON-RPC's parameters by position: the first one is taken.
  fc
    .tuple(fc.oneof(nobodys, text, number), fc.array(json, { maxLength: 3 }))
    .map(([first, more]) => [first, ...more]),
  text,
  number,
  fc.constant(null),
);

const message = (methods: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        jsonrpc: fc.constant('2.0'),
        id: fc.oneof(number, text),
        method: fc.constantFrom(...methods),
        params,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        jsonrpc: fc.constant('2.0'),
        method: fc.oneof(text, fc.constantFrom(...methods, '$/cancelRequest', '$/setTrace', '$/progress')),
        params,
      }),
    },
    // Answers to questions that nobody asked, and what is no message at all.
    { weight: 1, arbitrary: fc.record({ jsonrpc: fc.constant('2.0'), id: json, result: json }) },
    { weight: 1, arbitrary: fc.record({ jsonrpc: fc.constant('2.0'), id: json, error: json }) },
    { weight: 1, arbitrary: fc.array(json, { maxLength: 3 }) },
    { weight: 1, arbitrary: json },
  );

const control = (methods: readonly string[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { weight: 12, arbitrary: message(methods).map((value) => sized(encoded(value))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => sized(bytes)) },
  );

const LENGTHS = ['-1', '1e9', 'NaN', '', '0x10', '99999999999999999999', '0', '7'];

const brokenControl = (methods: readonly string[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(...LENGTHS, `${MAX_CALL_BYTES}`, `${MAX_CALL_BYTES + 1}`)
      .map((length) => sized(encoded({ jsonrpc: '2.0' }), length)),
    fc.tuple(message(methods), fc.nat()).map(([value, cut]) => {
      const whole = sized(encoded(value));
      return whole.subarray(0, cut % whole.length);
    }),
    fc.nat({ max: 5000 }).map((length) => Buffer.from(`X-${'y'.repeat(length)}: z\r\n`)),
  );

const line = (value: unknown): Buffer => Buffer.concat([encoded(value), Buffer.from('\n')]);

const hello = (token: string): fc.Arbitrary<Buffer> => {
  const good = { token, protocol: { min: 1, max: 1 }, client: { kind: 'test', version: '0.0.0', pid: 1 } };
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    json.map(line),
    // One field of a good one is something else.
    fc
      .tuple(fc.constantFrom('token', 'protocol', 'client', 'ticket'), json)
      .map(([field, value]) => line({ ...good, [field]: value })),
    fc
      .tuple(key, json)
      .map(([field, value]) =>
        line({ token: 'x'.repeat(43), protocol: good.protocol, client: good.client, [field]: value }),
      ),
    fc.tuple(json, json).map(([min, max]) => line({ ...good, protocol: { min, max } })),
    fc.nat({ max: 3 }).map((more) => Buffer.from(`${'a'.repeat(MAX_HELLO_BYTES - 1 + more)}\n`)),
    fc.nat({ max: 2 ** 17 }).map((length) => Buffer.alloc(length, 0x61)),
    fc.nat({ max: 80 }).map((cut) => line(good).subarray(0, cut)),
  );
};

const frame = (frameKind: number, body: Uint8Array, length = body.length + 1): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length >>> 0, 0);
  head.writeUInt8(frameKind, 4);
  return Buffer.concat([head, body]);
};

const u64 = fc
  .oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(0n, 1n, 2n ** 53n, 2n ** 64n - 1n))
  .map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return bytes;
  });

const stream: fc.Arbitrary<Buffer> = fc.oneof(
  fc.tuple(fc.constantFrom(FrameKind.ACK, FrameKind.SEEK), u64).map(([kind, at]) => frame(kind, at)),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((size) => frame(FrameKind.RESIZE, size)),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => frame(FrameKind.INPUT, bytes)),
  fc.constant(frame(FrameKind.FOCUS, Buffer.alloc(0))),
);

const FRAME_LENGTHS = [0, 2 ** 31, 2 ** 32 - 1, MAX_FRAME_BYTES + 1, MAX_FRAME_BYTES, 3];

const brokenStream: fc.Arbitrary<Buffer> = fc.oneof(
  // What only the host or the daemon's mirror may send, bodies that are too long or too short, kinds there are none of.
  fc
    .tuple(fc.constantFrom(...Object.values(FrameKind)), fc.uint8Array({ maxLength: 64 }))
    .map(([kind, body]) => frame(kind, body)),
  fc.tuple(fc.constantFrom(FrameKind.ANSWER, FrameKind.COVER), u64).map(([kind, at]) => frame(kind, at)),
  fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 32 }))
    .map(([kind, body]) => frame(kind, body)),
  fc
    .tuple(fc.constantFrom(...FRAME_LENGTHS), fc.uint8Array({ maxLength: 16 }))
    .map(([length, body]) => frame(FrameKind.INPUT, body, length)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

/** One in so many ends its connection. */
const WHOLE_ONES = 9;

export const inputs = (kind: InputKind, { token, methods }: Secrets): fc.Arbitrary<Input> => {
  if (kind === 'hello') {
    return hello(token).map((bytes) => ({ kind, bytes, ends: true }));
  }
  const [whole, broken] =
    kind === 'control' ? [control(methods), brokenControl(methods)] : [stream, brokenStream];
  return fc.oneof(
    { weight: WHOLE_ONES, arbitrary: whole.map((bytes) => ({ kind, bytes, ends: false })) },
    { weight: 1, arbitrary: broken.map((bytes) => ({ kind, bytes, ends: true })) },
  );
};
