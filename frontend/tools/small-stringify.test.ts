import { parse } from 'devalue';
import { describe, expect, it } from 'vitest';
import { stringify } from './small-stringify.js';

describe('the small stringify', () => {
	it.each([
		[{}],
		[undefined],
		[null],
		['a "quoted" text\n'],
		[[1, 'two', null, [true, {}]]],
		[{ a: 1, 'b-c': { d: [undefined, false] }, __x: 'ü' }]
	])('writes what devalue reads back: %j', (value) => {
		expect(parse(stringify(value))).toEqual(value);
	});

	it('refuses what it could not bring back', () => {
		expect(() => stringify({ when: new Date() })).toThrow('plain');
	});
});
