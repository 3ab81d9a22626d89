import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMet, table, type Row } from './report.ts';

const row = (value: number, target: Row['target']): Row => ({
	name: 'rate',
	value,
	unit: '/s',
	target,
	command: 'wrk'
});

test('a target is an upper or a lower bound and includes itself', () => {
	assert.equal(isMet(row(10, { atMost: 10 })), true);
	assert.equal(isMet(row(10.1, { atMost: 10 })), false);
	assert.equal(isMet(row(9, { atLeast: 10 })), false);
	assert.equal(isMet(row(9, null)), null);
});

test('the table says what was missed and leaves a mere figure without a verdict', () => {
	const lines = table([row(9876, { atLeast: 10_000 }), row(1, null)]).split('\n');
	assert.match(lines[2] ?? '', /9,876 \/s\s+\| ≥ 10,000 \| MISSED \|$/);
	assert.match(lines[3] ?? '', /\|\s+\|\s+\|$/);
	assert.equal(new Set(lines.map((line) => line.length)).size, 1);
});
