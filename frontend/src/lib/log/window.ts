/**
 * Which rows of a long list are on screen. One rule for all cases: the share of the way scrolled is the share of the list
 * passed, and the row at that share stands at that share of the window. For rows of one height this is exactly ordinary
 * scrolling; it also holds when the list is higher than a browser can scroll, and when wrapped rows differ in height.
 */

/** Browsers stop at about 17.9 million pixels; stay well below. */
export const highestSpacer = 8_000_000;

export interface Window {
	/** First row to render and the one after the last. */
	first: number;
	last: number;
	/** The row at the reading position, and how much of it has passed (0 to 1). */
	anchor: number;
	passed: number;
	/** Where the anchor's upper edge stands below the window's upper edge, for rows of `rowHeight`. */
	anchorTop: number;
}

export function spacerHeight(rows: number, rowHeight: number): number {
	return Math.min(rows * rowHeight, highestSpacer);
}

export function windowAt(options: {
	rows: number;
	rowHeight: number;
	viewHeight: number;
	scrollTop: number;
	overscan: number;
}): Window {
	const { rows, rowHeight, viewHeight, scrollTop, overscan } = options;
	const range = spacerHeight(rows, rowHeight) - viewHeight;
	const onScreen = Math.ceil(viewHeight / rowHeight) + 1;
	if (range <= 0 || rows === 0) return { first: 0, last: rows, anchor: 0, passed: 0, anchorTop: 0 };
	const share = Math.min(1, Math.max(0, scrollTop / range));
	const position = share * (rows - 1);
	const anchor = Math.floor(position);
	const passed = position - anchor;
	const anchorTop = share * (viewHeight - rowHeight) - passed * rowHeight;
	const above = Math.ceil(anchorTop / rowHeight);
	return {
		first: Math.max(0, anchor - above - overscan),
		last: Math.min(rows, anchor + (onScreen - above) + overscan),
		anchor,
		passed,
		anchorTop
	};
}

/** The scroll position that brings `row` to the middle of the window. */
export function scrollTopFor(row: number, rows: number, rowHeight: number, viewHeight: number): number {
	const range = spacerHeight(rows, rowHeight) - viewHeight;
	if (range <= 0 || rows < 2) return 0;
	const natural = rows * rowHeight - viewHeight;
	const wanted = row * rowHeight - (viewHeight - rowHeight) / 2;
	return Math.min(1, Math.max(0, wanted / natural)) * range;
}
