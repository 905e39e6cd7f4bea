" Vim filetype plugin file
" Language: gpb

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

let s:cpo = &cpoptions
set cpoptions&vim

setlocal comments=:///,://!,://
setlocal commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croqlj
" `gq` over a whole file; the formatter refuses a part of a file, which stays as it is.
setlocal formatprg=gpb\ fmt\ -
setlocal iskeyword+=-
setlocal expandtab shiftwidth=2 softtabstop=2 tabstop=2
setlocal suffixesadd=.gpb
setlocal include=^use
setlocal define=^\\%(fn\\\|const\\\|type\\\|component\\\|stack\\\|environment\\)

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< formatprg< iskeyword<'
      \ . ' expandtab< shiftwidth< softtabstop< tabstop< suffixesadd< include< define<'

let &cpoptions = s:cpo
unlet s:cpo
