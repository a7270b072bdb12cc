// A recorded run answers as the server would: the same page, from one file, without Python.

import { Refused, type Answer, type Arrays, type Host, TYPES } from "./wire";
import { text } from "./strings";

type Recorded = Record<string, any> & { buffers: string[] };

export class Tape implements Host {
  private at = 0;

  private constructor(private recording: { first: Recorded; frames: Recorded[]; maps: Recorded[]; reasons: Record<string, Recorded[]>; pieces: Record<string, Recorded[]> }) {}

  static async open(element: Element): Promise<Tape> {
    const packed = bytes(element.textContent!.trim());
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Tape(JSON.parse(await new Response(stream).text()));
  }

  ask(message: Record<string, any>): Promise<Answer> {
    const { first, frames, maps, reasons, pieces } = this.recording;
    const start: number = first.frame.step;
    switch (message.type) {
      case "hello":
        return answer(first);
      case "advance":
        return this.go(this.at + (message.steps ?? 1));
      case "seek":
        return this.go(message.step - start);
      case "show":
        return message.row === undefined || message.row === frames[0]!.frame.row ? answer(frames[this.at]!) : refused();
      case "map":
        return maps[this.at] ? answer(maps[this.at]!) : refused();
      case "explain":
        return reasons[message.quantity] ? answer(reasons[message.quantity]![this.at]!) : refused();
      case "pieces":
        return pieces[message.quantity] ? answer(pieces[message.quantity]![this.at]!) : refused();
    }
    return refused();
  }

  private go(place: number): Promise<Answer> {
    const last = this.recording.frames.length - 1;
    if (place > last && this.at === last) return Promise.reject(new Refused(text.endOfTape, "", "refused"));
    this.at = Math.min(Math.max(place, 0), last);
    return answer(this.recording.frames[this.at]!);
  }
}

const refused = (): Promise<Answer> => Promise.reject(new Refused(text.onTape, "", "refused"));

async function answer(recorded: Recorded): Promise<Answer> {
  const arrays: Arrays = {};
  recorded.arrays.forEach(({ name, type, shape }: { name: string; type: string; shape: number[] }, k: number) => {
    const buffer = bytes(recorded.buffers[k]!).buffer as ArrayBuffer;
    const count = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { shape, data: TYPES[type]!.read(buffer, 0, count) };
  });
  return { header: recorded, arrays };
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
