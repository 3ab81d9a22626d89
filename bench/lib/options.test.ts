import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figureNames, parseOptions } from './options.ts';

const parse = (...args: string[]) => parseOptions(args, 'out.json');

test('without arguments everything is measured', () => {
	const options = parse();
	assert.deepEqual(options?.figures, [...figureNames]);
	assert.equal(options?.redeploys, 100);
	assert.ok((options?.pairs ?? 0) >= 7);
});

test('quick lowers the counts, an explicit count stands', () => {
	assert.equal(parse('--quick')?.redeploys, 10);
	assert.equal(parse('--quick', '--redeploys', '40')?.redeploys, 40);
});

test('only and skip choose, in the order of the run', () => {
	assert.deepEqual(parse('--only', 'webhook,deploy')?.figures, ['deploy', 'webhook']);
	assert.ok(!parse('--skip', 'build')?.figures.includes('build'));
});

test('a misspelt figure, count or option is refused', () => {
	assert.throws(() => parse('--skip', 'biuld'), /no figure 'biuld'/);
	assert.throws(() => parse('--redeploys', '0'), /--redeploys/);
	assert.throws(() => parse('--fast'));
});

test('help is no run', () => {
	assert.equal(parse('--help'), null);
});
