/** What to measure: the arguments of `panel bench`. */
import { parseArgs } from 'node:util';

export const figureNames = [
	'start',
	'detect',
	'memory',
	'deploy',
	'rollback',
	'webhook',
	'switches',
	'requests',
	'lists',
	'queue',
	'build'
] as const;
export type FigureName = (typeof figureNames)[number];

export interface Options {
	figures: FigureName[];
	quick: boolean;
	redeploys: number;
	pairs: number;
	fixture: 'node-server' | 'sveltekit-adapter-auto';
	output: string;
}

export const help = `panel bench: measures the real product on this machine.

  --quick           fewer and shorter runs: a look, no figure to quote
  --only a,b        only these: ${figureNames.join(', ')}
  --skip a,b        all but these; \`--skip build\` saves most of the time
  --with-build      also the clean build (the default)
  --redeploys N     redeploys under load (default 100, quick 10)
  --pairs N         deploys against the same work by hand (default 9, quick 3)
  --fixture NAME    what is deployed: node-server (default) or sveltekit-adapter-auto
  --output FILE     where the JSON goes (default build/bench.json)

A figure that misses its target is shown as missed. Only a measurement that cannot be made, or a failed request, makes
the run fail.`;

function names(text: string | undefined): FigureName[] {
	return (text ?? '')
		.split(',')
		.filter(Boolean)
		.map((name) => {
			if (!figureNames.includes(name as FigureName)) throw new Error(`There is no figure '${name}'.`);
			return name as FigureName;
		});
}

function count(name: string, text: string | undefined, otherwise: number): number {
	if (text === undefined) return otherwise;
	if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--${name} takes a number from 1 on, not '${text}'.`);
	return Number(text);
}

/** null: help was asked for. */
export function parseOptions(args: string[], output: string): Options | null {
	const { values } = parseArgs({
		args,
		options: {
			quick: { type: 'boolean', default: false },
			only: { type: 'string' },
			skip: { type: 'string' },
			'with-build': { type: 'boolean', default: true },
			redeploys: { type: 'string' },
			pairs: { type: 'string' },
			fixture: { type: 'string', default: 'node-server' },
			output: { type: 'string', default: output },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return null;
	const { fixture } = values;
	if (fixture !== 'node-server' && fixture !== 'sveltekit-adapter-auto') {
		throw new Error(`--fixture takes node-server or sveltekit-adapter-auto, not '${fixture}'.`);
	}
	const only = names(values.only);
	const skip = names(values.skip);
	return {
		figures: figureNames.filter((name) => (only.length === 0 || only.includes(name)) && !skip.includes(name)),
		quick: values.quick,
		redeploys: count('redeploys', values.redeploys, values.quick ? 10 : 100),
		pairs: count('pairs', values.pairs, values.quick ? 3 : 9),
		fixture,
		output: values.output
	};
}
