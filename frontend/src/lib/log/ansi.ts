/**
 * Turns one line of terminal output into styled pieces of text. Colours become one of the theme's eight, so that they stay
 * readable in both themes; whatever else a terminal would do (titles, links, cursor moves) is dropped. Never makes HTML.
 */

/** 0 grey, 1 red, 2 green, 3 yellow, 4 blue, 5 magenta, 6 cyan. */
export type Hue = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export interface Style {
	color: Hue | null;
	background: Hue | null;
	bold: boolean;
	dim: boolean;
	italic: boolean;
	underline: boolean;
	strike: boolean;
	inverse: boolean;
}

export interface Segment {
	text: string;
	style: Style;
}

export const plain: Style = {
	color: null,
	background: null,
	bold: false,
	dim: false,
	italic: false,
	underline: false,
	strike: false,
	inverse: false
};

/** The theme's colour for a true colour: grey when it has little of any, else the nearest of six hues. */
export function nearestHue(r: number, g: number, b: number): Hue | null {
	const max = Math.max(r, g, b);
	const min = Math.min(r, g, b);
	if (max - min < 40) return max > 190 || max < 40 ? null : 0;
	let hue: number;
	if (max === r) hue = ((g - b) / (max - min)) * 60;
	else if (max === g) hue = 120 + ((b - r) / (max - min)) * 60;
	else hue = 240 + ((r - g) / (max - min)) * 60;
	if (hue < 0) hue += 360;
	if (hue < 20 || hue >= 335) return 1;
	if (hue < 75) return 3;
	if (hue < 160) return 2;
	if (hue < 200) return 6;
	return hue < 265 ? 4 : 5;
}

function basic(index: number): Hue | null {
	if (index === 7 || index === 15) return null;
	return (index % 8) as Hue;
}

function indexed(index: number): Hue | null {
	if (index < 16) return index === 8 ? 0 : basic(index);
	if (index >= 232) return nearestHue(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
	const cube = index - 16;
	const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
	return nearestHue(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

/** Reads 38;5;n or 38;2;r;g;b from `codes` at `at`; answers the colour and how many codes it took. */
function extended(codes: number[], at: number): { hue: Hue | null; used: number } {
	if (codes[at + 1] === 5) return { hue: indexed(codes[at + 2] ?? 0), used: 2 };
	if (codes[at + 1] === 2) {
		return { hue: nearestHue(codes[at + 2] ?? 0, codes[at + 3] ?? 0, codes[at + 4] ?? 0), used: 4 };
	}
	return { hue: null, used: 0 };
}

export function applySgr(style: Style, parameters: string): Style {
	const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
	let next: Style = { ...style };
	for (let i = 0; i < codes.length; i += 1) {
		const code = codes[i] ?? 0;
		if (code === 0) next = { ...plain };
		else if (code === 1) next.bold = true;
		else if (code === 2) next.dim = true;
		else if (code === 3) next.italic = true;
		else if (code === 4) next.underline = true;
		else if (code === 7) next.inverse = true;
		else if (code === 9) next.strike = true;
		else if (code === 22) next.bold = next.dim = false;
		else if (code === 23) next.italic = false;
		else if (code === 24) next.underline = false;
		else if (code === 27) next.inverse = false;
		else if (code === 29) next.strike = false;
		else if (code >= 30 && code <= 37) next.color = basic(code - 30);
		else if (code >= 90 && code <= 97) next.color = code === 97 ? null : basic(code - 90);
		else if (code >= 40 && code <= 47) next.background = basic(code - 40);
		else if (code >= 100 && code <= 107) next.background = basic(code - 100);
		else if (code === 39) next.color = null;
		else if (code === 49) next.background = null;
		else if (code === 38 || code === 48) {
			const { hue, used } = extended(codes, i);
			if (code === 38) next.color = hue;
			else next.background = hue;
			i += used;
		}
	}
	return next;
}

// CSI, OSC/DCS/SOS/PM/APC strings (ended by BEL or ST, or cut off by the line's end), two-character escapes, other controls.
const control =
	// eslint-disable-next-line no-control-regex
	/\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

class Cells {
	readonly segments: Segment[] = [];
	#column = 0;
	/** Only a line that moved its cursor back needs a cell for each character. */
	#cells: { char: string; style: Style }[] | null = null;

	write(text: string, style: Style): void {
		if (text === '') return;
		if (this.#cells === null) {
			const last = this.segments.at(-1);
			if (last && last.style === style) last.text += text;
			else this.segments.push({ text, style });
			return;
		}
		for (const char of text) {
			this.#cells[this.#column] = { char, style };
			this.#column += 1;
		}
	}

	carriageReturn(): void {
		this.#toCells();
		this.#column = 0;
	}

	backspace(): void {
		this.#toCells();
		this.#column = Math.max(0, this.#column - 1);
	}

	eraseLine(mode: string): void {
		const cells = this.#toCells();
		if (mode === '2') cells.length = 0;
		else if (mode !== '1') cells.length = Math.min(cells.length, this.#column);
		while (cells.length < this.#column) cells.push({ char: ' ', style: plain });
	}

	#toCells(): { char: string; style: Style }[] {
		if (this.#cells === null) {
			this.#cells = this.segments.flatMap(({ text, style }) => [...text].map((char) => ({ char, style })));
			this.#column = this.#cells.length;
			this.segments.length = 0;
		}
		return this.#cells;
	}

	finish(): Segment[] {
		const cells = this.#cells;
		if (cells === null) return this.segments;
		this.#cells = null;
		for (const { char, style } of cells) this.write(char, style);
		return this.segments;
	}
}

/** The pieces of one line (without its `\n`), and the style that goes on into the next. */
export function parseAnsi(line: string, start: Style = plain): { segments: Segment[]; end: Style } {
	const text = line.endsWith('\r') ? line.slice(0, -1) : line;
	const cells = new Cells();
	let style = start;
	let at = 0;
	for (const match of text.matchAll(control)) {
		cells.write(text.slice(at, match.index), style);
		at = match.index + match[0].length;
		if (match[2] === 'm' && !/[<=>?]/.test(match[1] ?? '')) style = applySgr(style, match[1] ?? '');
		else if (match[2] === 'K') cells.eraseLine(match[1] ?? '');
		else if (match[2] === 'G') cells.carriageReturn();
		else if (match[0] === '\r') cells.carriageReturn();
		else if (match[0] === '\b') cells.backspace();
	}
	cells.write(text.slice(at), style);
	return { segments: cells.finish(), end: style };
}

/** The line as somebody would read it: no colours, and of a progress bar its last state. */
export function stripAnsi(line: string): string {
	// eslint-disable-next-line no-control-regex
	if (!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(line)) return line;
	return parseAnsi(line)
		.segments.map((segment) => segment.text)
		.join('');
}
