import type { IconName } from '#lib/components/ui/icons.ts';
import { paths } from '#lib/paths.ts';

export const navigation: { href: string; text: string; icon: IconName; is: (path: string) => boolean }[] = [
	{ href: paths.dashboard(), text: 'Overview', icon: 'home', is: (path) => path === '/' },
	{
		href: paths.projects(),
		text: 'Projects',
		icon: 'grid',
		is: (path) => path.startsWith('/projects') && path !== paths.newProject()
	},
	{ href: paths.activity(), text: 'Activity', icon: 'activity', is: (path) => path === paths.activity() },
	{ href: paths.newProject(), text: 'New project', icon: 'plus', is: (path) => path === paths.newProject() }
];
