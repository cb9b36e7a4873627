import { CancellationScope } from '@temporalio/workflow';

/** What has to be undone when a chain does not reach its good end; register before the step it undoes. */
export class UndoStack {
  readonly #undos: (() => Promise<void>)[] = [];

  add(undo: () => Promise<void>): void {
    this.#undos.push(undo);
  }

  /** Undoes everything in reverse, also when the workflow is being cancelled. */
  async run(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) await undo();
    });
  }
}
