// A notebook's kernel answers: messages go over the widget's own channel, arrays as binary buffers.

import { Refused, TYPES, type Answer, type Arrays, type Host } from "./wire";

/** What anywidget gives to a view. */
export type Model = {
  send(content: unknown): void;
  on(event: "msg:custom", heard: (content: Record<string, any>, buffers: DataView[]) => void): void;
};

export class Kernel implements Host {
  private next = 1;
  private waiting = new Map<number, { resolve: (a: Answer) => void; reject: (e: Error) => void }>();

  constructor(private model: Model) {
    model.on("msg:custom", (header, buffers) => this.answered(header, buffers));
  }

  ask(message: Record<string, unknown>): Promise<Answer> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.model.send({ v: 1, id, ...message });
    });
  }

  private answered(header: Record<string, any>, buffers: DataView[]): void {
    const waiter = this.waiting.get(header.id);
    this.waiting.delete(header.id);
    if (header.type === "error") return waiter?.reject(new Refused(header.message, header.hint, header.code));
    const arrays: Arrays = {};
    header.arrays.forEach(({ name, type, shape }: { name: string; type: string; shape: number[] }, k: number) => {
      const { buffer, byteOffset, byteLength } = buffers[k]!;
      const copy = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength); // a view need not be aligned
      arrays[name] = { shape, data: TYPES[type]!.read(copy, 0, shape.reduce((product, n) => product * n, 1)) };
    });
    waiter?.resolve({ header, arrays });
  }
}
