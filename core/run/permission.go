package run

import "github.com/procedo/procedo/core/access"

// permissions holds, for each action of an accepted command, the permission that the command needs. The use cases
// require it, and verification checks that the recorded principal had it. An event that only follows from another needs
// the permission of the same command. Refusals are left out: ActionRefused stands for several commands.
var permissions = map[Action]access.Permission{
	ActionCreated:       access.Work,
	ActionStarted:       access.Work,
	ActionOpened:        access.Work,
	ActionDraftSaved:    access.Work,
	ActionCommitted:     access.Work,
	ActionAmended:       access.Work,
	ActionSkipped:       access.Work,
	ActionNotApplicable: access.Work,
	ActionCompleted:     access.Work,
	ActionFailed:        access.Fail,
	ActionRevealed:      access.Reveal,
	ActionValueErased:   access.Erase,
	ActionContentErased: access.Erase,
}

// Permission returns the permission of the command that leads to an event with the action. For the action of a refusal,
// it returns the zero Permission, which no role has.
func (a Action) Permission() access.Permission { return permissions[a] }
