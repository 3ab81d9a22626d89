import { describe, expect, it } from 'vitest';
import { nearestHue, parseAnsi, plain, stripAnsi } from './ansi.ts';

const texts = (line: string) => parseAnsi(line).segments.map((segment) => segment.text);
const colors = (line: string) => parseAnsi(line).segments.map((segment) => segment.style.color);

describe('parseAnsi', () => {
	it('splits a line at its colours', () => {
		expect(texts('\x1b[31mError:\x1b[0m it broke')).toEqual(['Error:', ' it broke']);
		expect(colors('\x1b[31mError:\x1b[0m it broke')).toEqual([1, null]);
	});

	it('knows bright, indexed and true colours', () => {
		expect(colors('\x1b[92ma\x1b[38;5;208mb\x1b[38;2;80;120;255mc')).toEqual([2, 3, 4]);
	});

	it('combines and ends attributes', () => {
		const [first, second] = parseAnsi('\x1b[1;4;33ma\x1b[22;24mb').segments;
		expect(first?.style).toMatchObject({ bold: true, underline: true, color: 3 });
		expect(second?.style).toMatchObject({ bold: false, underline: false, color: 3 });
	});

	it('hands an open colour on to the next line', () => {
		const { end } = parseAnsi('\x1b[35mstill open');
		expect(parseAnsi('next', end).segments[0]?.style.color).toBe(5);
	});

	it('keeps of a progress bar what it showed last', () => {
		expect(stripAnsi('10%\r50%\r100% done')).toBe('100% done');
		expect(stripAnsi('a long first text\rshort\x1b[K')).toBe('short');
		expect(stripAnsi('abcdef\rXY')).toBe('XYcdef');
		expect(stripAnsi('12\b3')).toBe('13');
	});

	it('leaves the carriage return of a CRLF out', () => {
		expect(stripAnsi('plain\r')).toBe('plain');
	});

	it('drops links, titles and cursor moves, and keeps their text', () => {
		expect(stripAnsi('\x1b]8;;https://example.com\x07link\x1b]8;;\x07')).toBe('link');
		expect(stripAnsi('\x1b]0;title\x1b\\after')).toBe('after');
		expect(stripAnsi('\x1b[2J\x1b[10;4Hx\x1b(By\x00')).toBe('xy');
		expect(stripAnsi('cut off \x1b]8;;https://exam')).toBe('cut off ');
	});

	it('drops what turns the direction of text around', () => {
		expect(stripAnsi('safe\u202eevil\u2066')).toBe('safeevil');
	});

	it('never makes markup', () => {
		expect(texts('<img src=x onerror=alert(1)>')).toEqual(['<img src=x onerror=alert(1)>']);
	});

	it('leaves plain text as it is', () => {
		expect(parseAnsi('nothing here').segments).toEqual([{ text: 'nothing here', style: plain }]);
	});
});

describe('nearestHue', () => {
	it.each([
		[255, 0, 0, 1],
		[0, 200, 0, 2],
		[230, 180, 40, 3],
		[60, 90, 255, 4],
		[200, 60, 220, 5],
		[0, 190, 200, 6],
		[120, 120, 120, 0],
		[250, 250, 250, null]
	])('%i %i %i is %s', (r, g, b, hue) => {
		expect(nearestHue(r, g, b)).toBe(hue);
	});
});
