/** Environment rows as form fields, and what a set of pasted variables changes. Pure. */
import type { EnvironmentScope, EnvironmentVariable } from './types.ts';
import { looksSecret, parseDotenv, type DotenvProblem } from './dotenv.ts';

export interface EnvRow {
	key: string;
	value: string;
	is_secret: boolean;
	scope: EnvironmentScope;
}

export const scopes: [EnvironmentScope, string][] = [
	['all', 'Build + runtime'],
	['build', 'Build'],
	['runtime', 'Runtime']
];

export const scopeOf = (text: unknown): EnvironmentScope =>
	text === 'build' || text === 'runtime' ? text : 'all';

export const emptyRow = (key = ''): EnvRow => ({ key, value: '', is_secret: looksSecret(key), scope: 'all' });

/** Rows from repeated form fields; rows without a key or a value were left empty and do not count. */
export function rowsFromForm(data: FormData): EnvRow[] {
	const keys = data.getAll('env_key').map(String);
	const values = data.getAll('env_value').map(String);
	const secrets = data.getAll('env_secret').map(String);
	const kept = data.getAll('env_scope').map(String);
	return keys.map((key, i) => ({
		key: key.trim(),
		// Browsers send line breaks as CRLF.
		value: (values[i] ?? '').replace(/\r\n/g, '\n'),
		is_secret: secrets[i] === '1',
		scope: scopeOf(kept[i])
	}));
}

/** Pasted text joined to the rows that are there: a known key takes the new value, in its old place. */
export function mergeDotenv(
	rows: EnvRow[],
	source: string
): { rows: EnvRow[]; problems: DotenvProblem[]; added: number } {
	const { variables, problems } = parseDotenv(source);
	const merged = rows.filter((row) => row.key !== '' || row.value !== '');
	let added = 0;
	for (const { key, value } of variables) {
		const known = merged.find((row) => row.key === key);
		if (known) known.value = value;
		else {
			merged.push({ ...emptyRow(key), value });
			added += 1;
		}
	}
	return { rows: merged, problems, added };
}

export interface EnvChange {
	key: string;
	kind: 'added' | 'changed' | 'removed';
	secret: boolean;
	before: string | null;
	after: string | null;
}

/** What stands in the raw text for a secret whose value is not known here: it stays as it is. */
export const keptSecret = '<kept>';

export function diffEnvironment(
	stored: EnvironmentVariable[],
	pasted: { key: string; value: string }[],
	removeOthers: boolean
): EnvChange[] {
	const changes: EnvChange[] = [];
	for (const { key, value } of pasted) {
		const known = stored.find((variable) => variable.key === key);
		if (!known) {
			changes.push({ key, kind: 'added', secret: looksSecret(key), before: null, after: value });
		} else if (known.is_secret ? value !== keptSecret : known.value !== value) {
			changes.push({ key, kind: 'changed', secret: known.is_secret, before: known.value, after: value });
		}
	}
	if (removeOthers) {
		for (const variable of stored) {
			if (pasted.some(({ key }) => key === variable.key)) continue;
			changes.push({
				key: variable.key,
				kind: 'removed',
				secret: variable.is_secret,
				before: variable.value,
				after: null
			});
		}
	}
	return changes;
}

/** The whole set after the changes, as the back end takes it: a secret without a value keeps what is stored. */
export function applyChanges(stored: EnvironmentVariable[], changes: EnvChange[]): EnvironmentVariable[] {
	const result: EnvironmentVariable[] = [];
	for (const variable of stored) {
		const change = changes.find(({ key }) => key === variable.key);
		if (change?.kind === 'removed') continue;
		result.push(change ? { ...variable, value: change.after } : variable);
	}
	for (const change of changes) {
		if (change.kind !== 'added') continue;
		result.push({ key: change.key, value: change.after, is_secret: change.secret, scope: 'all' });
	}
	return result;
}
