/**
 * Runs a program that does not watch its parent (PostgreSQL, Temporal). When stdin closes, because the
 * supervisor ended or was killed, the program is stopped too. One argument: the order as JSON.
 */
import { spawn } from 'node:child_process';

const { command, args, cwd, uid, gid, stopSignal, stopLimitMs } = JSON.parse(process.argv[2]);
const account = uid === undefined ? {} : { uid, gid };
const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd, ...account });

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  program.kill(stopSignal);
  setTimeout(() => program.kill('SIGKILL'), stopLimitMs).unref();
}

process.stdin.resume();
for (const event of ['end', 'close', 'error']) process.stdin.on(event, stop);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);

program.on('error', (error) => {
  console.error(`cannot run ${command}: ${error.message}`);
  process.exit(127);
});
program.on('exit', (code, signal) => {
  if (signal && !stopping) console.error(`${command} was ended by ${signal}`);
  process.exit(code ?? 1);
});
