// One socket, one question after the other: u32 length | JSON | arrays from multiples of 8 bytes on.

export type Numbers = { shape: number[]; data: Float64Array | Uint8Array };
export type Arrays = Record<string, Numbers>;
export type Answer = { header: Record<string, any>; arrays: Arrays };

export class Refused extends Error {
  constructor(message: string, readonly hint: string, readonly code: string) {
    super(message);
  }
}

export const TYPES: Record<string, { bytes: number; read: (b: ArrayBuffer, at: number, n: number) => Numbers["data"] }> = {
  float64: { bytes: 8, read: (b, at, n) => new Float64Array(b, at, n) },
  uint8: { bytes: 1, read: (b, at, n) => new Uint8Array(b, at, n) },
};

export function unpack(buffer: ArrayBuffer): Answer {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays: Arrays = {};
  let at = 4 + length;
  for (const { name, type, shape } of header.arrays) {
    const kind = TYPES[type]!;
    const count = (shape as number[]).reduce((product, n) => product * n, 1);
    at += (8 - (at % 8)) % 8;
    arrays[name] = { shape, data: kind.read(buffer, at, count) };
    at += count * kind.bytes;
  }
  return { header, arrays };
}

/** Whoever answers: a server, or a recording. */
export interface Host {
  ask(message: Record<string, unknown>): Promise<Answer>;
}

/** What only the printed address knows. */
const token = () => new URLSearchParams(location.hash.slice(1)).get("t") ?? "";

export class Wire implements Host {
  private next = 1;
  private waiting = new Map<number, { resolve: (a: Answer) => void; reject: (e: Error) => void }>();

  private constructor(private socket: WebSocket) {
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => this.answered(unpack(event.data));
  }

  static open(onClose: () => void): Promise<Wire> {
    const socket = new WebSocket(`ws://${location.host}/session`);
    const wire = new Wire(socket);
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve(wire);
      socket.onerror = () => reject(new Error("no connection"));
      socket.onclose = () => {
        for (const { reject: fail } of wire.waiting.values()) fail(new Error("closed"));
        wire.waiting.clear();
        onClose();
      };
    });
  }

  ask(message: Record<string, unknown>): Promise<Answer> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const secret = message.type === "hello" ? { token: token() } : {};
      this.socket.send(JSON.stringify({ v: 1, id, ...message, ...secret }));
    });
  }

  private answered(answer: Answer): void {
    const { id, type, message, hint, code } = answer.header;
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    if (type === "error") waiter?.reject(new Refused(message, hint, code));
    else waiter?.resolve(answer);
  }
}
