import { condition } from '@temporalio/workflow';

/** Counts the signals of a run, so that nothing that comes in while it works is missed. */
export class News {
  #count = 0;
  #seen = 0;

  arrived(): void {
    this.#count += 1;
  }

  /** Marks everything up to now as read. */
  read(): void {
    this.#seen = this.#count;
  }

  get unread(): boolean {
    return this.#count > this.#seen;
  }

  /** False: nothing came within the time. */
  async wait(ms: number): Promise<boolean> {
    return condition(() => this.unread, ms);
  }
}
