import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  cores: number;
  cpu: string;
  memoryGiB: number;
  linux: string;
  node: string;
  /** Of the last minute before the run; others who work on the machine make figures worse. */
  loadBefore: number;
  date: string;
}

/** What figures are worth nothing without. */
export function readMachine(): Machine {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    linux: release(),
    node: process.versions.node,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
    date: new Date().toISOString().slice(0, 10),
  };
}

export function describeMachine(machine: Machine): string {
  return (
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Linux ${machine.linux}, Node.js ${machine.node}, ` +
    `load before the run ${machine.loadBefore}, ${machine.date}`
  );
}
