import type { IconName } from '#lib/components/ui/icons.ts';
import { paths } from '#lib/paths.ts';

interface Item {
	href: string;
	text: string;
	icon: IconName;
	is: (path: string) => boolean;
}

const items: Item[] = [
	{ href: paths.dashboard(), text: 'Overview', icon: 'home', is: (path) => path === '/' },
	{
		href: paths.projects(),
		text: 'Projects',
		icon: 'grid',
		is: (path) => path.startsWith('/projects') && path !== paths.newProject()
	},
	{ href: paths.activity(), text: 'Activity', icon: 'activity', is: (path) => path === paths.activity() },
	{ href: paths.newProject(), text: 'New project', icon: 'plus', is: (path) => path === paths.newProject() },
	{ href: paths.server(), text: 'Server', icon: 'server', is: (path) => path === paths.server() }
];

/** The server is the administrators' affair. */
export const navigationFor = (role: string): Item[] => (role === 'admin' ? items : items.slice(0, -1));
