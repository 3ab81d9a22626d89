import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, round } from './stats.ts';

test('the median of an even count lies between the middle two', () => {
	assert.equal(median([9, 1, 3, 5]), 4);
	assert.equal(median([9, 1, 5]), 5);
});

test('a percentile is a value that was measured', () => {
	const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
	assert.equal(percentile(hundred, 0.99), 99);
	assert.equal(percentile(hundred, 0.5), 50);
	assert.equal(percentile([7], 0.99), 7);
});

test('no samples are an error, not a zero', () => {
	assert.throws(() => median([]));
	assert.throws(() => percentile([], 0.5));
});

test('rounding keeps three digits and never cuts whole numbers', () => {
	assert.equal(round(12345.6), 12346);
	assert.equal(round(1.2345), 1.23);
	assert.equal(round(0.012345), 0.0123);
	assert.equal(round(0), 0);
});
