/** The look of everything that is typed into. 16 px on touch screens, so that phones do not zoom in. */
export const inputClass = (mono = false, invalid = false, extra = ''): string =>
	`h-8 w-full min-w-0 rounded-control border bg-sunken px-2.5 placeholder:text-fg-3 ${invalid ? 'border-err' : 'border-line-strong'} ` +
	`pointer-coarse:h-11 pointer-coarse:text-[16px] ${mono ? 'font-mono text-xs' : ''} ${extra}`;
