/** The looks of a button; links that act as buttons share them. */
export type ButtonLook = 'plain' | 'primary' | 'ghost' | 'danger';
export type ButtonSize = 'normal' | 'small' | 'wide';

const base =
	'inline-flex items-center justify-center gap-1.5 rounded-control border font-medium whitespace-nowrap transition-colors duration-[90ms] ' +
	'disabled:cursor-default disabled:opacity-55 aria-disabled:opacity-55';

const looks: Record<ButtonLook, string> = {
	plain: 'border-line bg-panel text-fg shadow-lift hover:bg-hover',
	primary: 'border-transparent bg-ink text-on-ink hover:opacity-90',
	ghost: 'border-transparent text-fg-2 hover:bg-hover hover:text-fg',
	danger: 'border-line bg-panel text-err shadow-lift hover:bg-err-soft'
};

const sizes: Record<ButtonSize, string> = {
	normal: 'h-8 px-3 pointer-coarse:h-11',
	small: 'h-7 px-2 pointer-coarse:h-11 pointer-coarse:min-w-11',
	wide: 'h-9 px-3 w-full pointer-coarse:h-11'
};

export const buttonClass = (look: ButtonLook = 'plain', size: ButtonSize = 'normal', extra = ''): string =>
	`${base} ${looks[look]} ${sizes[size]} ${extra}`;
