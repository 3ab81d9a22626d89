/** What icons.svg holds; icons.test.ts keeps the two together. */
export const iconNames = [
	'grid',
	'home',
	'activity',
	'search',
	'plus',
	'branch',
	'chevron',
	'check',
	'cross',
	'copy',
	'undo',
	'external',
	'lock',
	'log',
	'rocket',
	'settings',
	'sun',
	'out',
	'trash',
	'stop',
	'globe',
	'clock',
	'wrap',
	'download',
	'down',
	'up',
	'server',
	'pin'
] as const;

export type IconName = (typeof iconNames)[number];
