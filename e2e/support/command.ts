import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed; what it said stands in the error when it fails. */
export async function command(
	program: string,
	args: string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {}
): Promise<string> {
	try {
		const { stdout } = await execute(program, args, {
			cwd: options.cwd,
			env: { ...process.env, ...options.env },
			timeout: options.timeoutMs ?? 60_000,
			maxBuffer: 64 * 1024 * 1024
		});
		return stdout;
	} catch (error) {
		const { stderr = '', message } = error as Error & { stderr?: string };
		throw new Error(`${program} ${args.join(' ')}: ${stderr || message}`, { cause: error });
	}
}
