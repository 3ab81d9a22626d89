import { describe, expect, it } from 'vitest';
import { formatDotenv, looksSecret, parseDotenv } from './dotenv.ts';
import { applyChanges, diffEnvironment, keptSecret, mergeDotenv, emptyRow } from './env-form.ts';
import type { EnvironmentVariable } from './types.ts';

const parsed = (source: string) =>
	Object.fromEntries(parseDotenv(source).variables.map(({ key, value }) => [key, value]));

describe('parseDotenv', () => {
	it('reads plain, quoted, exported and empty values', () => {
		expect(parsed('A=1\nexport B = two words # note\nC="x # y"\nD=\'a\\n\'\nE=\nF=a#b\r\nG=a=b')).toEqual({
			A: '1',
			B: 'two words',
			C: 'x # y',
			D: 'a\\n',
			E: '',
			F: 'a#b',
			G: 'a=b'
		});
	});

	it('reads values over several lines', () => {
		expect(parsed('KEY="-----BEGIN\nabc\n-----END"\nNEXT=1')).toEqual({
			KEY: '-----BEGIN\nabc\n-----END',
			NEXT: '1'
		});
	});

	it('tells bad lines by their number', () => {
		const { problems } = parseDotenv('# fine\nno sign\n9X=1\nA=1\nA=2\nB="open\nC=1');
		expect(problems.map(({ line, kind }) => [line, kind])).toEqual([
			[2, 'unreadable'],
			[3, 'unreadable'],
			[5, 'duplicate'],
			[6, 'unreadable']
		]);
	});

	it('reads back what formatDotenv writes', () => {
		for (const value of [
			'',
			'plain',
			'two words',
			'a"b\\c',
			'line\nbreak\ttab\r',
			'#x',
			"it's",
			'$HOME',
			'ü=1'
		]) {
			expect(parsed(formatDotenv('K', value))).toEqual({ K: value });
		}
	});
});

describe('looksSecret', () => {
	it.each(['JWT_SECRET', 'API_KEY', 'DATABASE_URL', 'SMTP_PASS'])('%s is', (key) =>
		expect(looksSecret(key)).toBe(true)
	);
	it.each(['LOG_LEVEL', 'KEYBOARD', 'PUBLIC_TOKEN_NAME', 'PORT'])('%s is not', (key) =>
		expect(looksSecret(key)).toBe(false)
	);
});

describe('changes', () => {
	const stored: EnvironmentVariable[] = [
		{ key: 'A', value: '1', is_secret: false, scope: 'build' },
		{ key: 'S', value: null, is_secret: true, scope: 'all' },
		{ key: 'Z', value: 'z', is_secret: false, scope: 'all' }
	];

	it('are what differs, and a kept secret is none', () => {
		const text = [
			{ key: 'A', value: '2' },
			{ key: 'S', value: keptSecret },
			{ key: 'N', value: 'new' }
		];
		expect(diffEnvironment(stored, text, false).map(({ key, kind }) => `${key} ${kind}`)).toEqual([
			'A changed',
			'N added'
		]);
		expect(diffEnvironment(stored, text, true).map(({ key, kind }) => `${key} ${kind}`)).toEqual([
			'A changed',
			'N added',
			'Z removed'
		]);
	});

	it('make the whole set, in order, with scopes kept', () => {
		const changes = diffEnvironment(
			stored,
			[
				{ key: 'A', value: '2' },
				{ key: 'API_TOKEN', value: 't' }
			],
			true
		);
		expect(applyChanges(stored, changes)).toEqual([
			{ key: 'A', value: '2', is_secret: false, scope: 'build' },
			{ key: 'API_TOKEN', value: 't', is_secret: true, scope: 'all' }
		]);
	});

	it('pasted text fills the rows that are there', () => {
		const { rows, added } = mergeDotenv([emptyRow('A'), emptyRow('')], 'A=1\nB=2');
		expect(rows.map(({ key, value }) => `${key}=${value}`)).toEqual(['A=1', 'B=2']);
		expect(added).toBe(1);
	});
});
