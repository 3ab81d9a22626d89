/** Outlines on a 24-unit square, drawn in the manner of Lucide (ISC). */
export const icons = {
	grid: 'M3 3h7v7H3zM14 3h7v7h-7zM14 14h7v7h-7zM3 14h7v7H3z',
	home: 'M4 11.5 12 4l8 7.5V20h-5.5v-5h-5v5H4z',
	activity: 'M22 12h-4l-3 9L9 3l-3 9H2',
	search: 'M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM20 20l-3.9-3.9',
	plus: 'M12 5v14M5 12h14',
	branch:
		'M8 5a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM8 19a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM20 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM6 7v10M18 10c0 4-6 3-12 5',
	chevron: 'm9 6 6 6-6 6',
	check: 'm5 12 5 5L20 7',
	cross: 'M6 6l12 12M18 6 6 18',
	copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
	undo: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
	external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
	lock: 'M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0v3',
	log: 'M5 4h14v16H5zM9 9h6M9 13h6M9 17h3',
	rocket: 'M12 15 9 12c1-5 4-8 10-8 0 6-3 9-7 11ZM9 12H5l2-4h4M12 15v4l4-2v-4M5 16c-1 1-1 3-1 4 1 0 3 0 4-1',
	settings:
		'M4 7h9M17 7h3M4 17h3M11 17h9M17 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM11 17a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z',
	sun: 'M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
	out: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
	trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
	stop: 'M6 6h12v12H6z',
	globe: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM3 12h18M12 3a14 14 0 0 1 0 18M12 3a14 14 0 0 0 0 18'
} as const;

export type IconName = keyof typeof icons;
