" Vim indent file
" Language: gpb

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=GpbIndent(v:lnum)
setlocal indentkeys=0{,0},0),0],!^F,o,O,0=else,0=to,0=on,0=when,0=allow,0=deny
setlocal nolisp nosmartindent autoindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< lisp< smartindent< autoindent<'

if exists('*GpbIndent')
  finish
endif

" An operator at the end of a line.
let s:operator = '\s\%([-+*/%<>]\|&&\|||\|??\|[=!<>]=\)\s*$'

" Checks that the file has such blocks: asking the syntax for each line would be slow in files without.
function s:HasBlocks() abort
  if get(b:, 'gpb_blocks_tick', -1) != b:changedtick
    let b:gpb_blocks = search('"""', 'cnw') > 0
    let b:gpb_blocks_tick = b:changedtick
  endif
  return b:gpb_blocks
endfunction

" Checks that the line starts inside a `"""` block, whose margin is the writer's.
function s:InBlock(lnum) abort
  if getline(a:lnum) =~# '^"""' || a:lnum == 1 || !s:HasBlocks()
    return 0
  endif
  for id in synstack(a:lnum, 1)
    if synIDattr(id, 'name') ==# 'gpbBlockString'
      return 1
    endif
  endfor
  return 0
endfunction

" Returns the line without its strings and its comment, so that only brackets that count are left.
function s:Code(lnum) abort
  let line = substitute(getline(a:lnum), '"""', '', 'g')
  let line = substitute(line, '"\%(\\.\|[^"\\]\)*"', '""', 'g')
  return substitute(line, '//.*$', '', '')
endfunction

" Returns the number of brackets that open minus those that close.
function s:Count(text, open, close) abort
  let opened = substitute(a:text, '[^' . a:open . ']', '', 'g')
  let closed = substitute(a:text, '[^' . a:close . ']', '', 'g')
  return len(opened) - len(closed)
endfunction

" Returns the indent of the line with the opening bracket of the last closing one in the text, the line's beginning.
function s:Opener(lnum, text) abort
  let [lnum, text, depth] = [a:lnum, a:text, 0]
  while lnum > 0
    for bracket in reverse(split(substitute(text, '[^][(){}]', '', 'g'), '\zs'))
      let depth += bracket =~# '[\])}]' ? 1 : -1
      if depth == 0
        return indent(lnum)
      endif
    endfor
    let lnum -= 1
    while lnum > 0 && s:InBlock(lnum)
      let lnum -= 1
    endwhile
    let text = s:Code(lnum)
  endwhile
  return 0
endfunction

function GpbIndent(lnum) abort
  if s:InBlock(a:lnum)
    return -1
  endif
  let before = prevnonblank(a:lnum - 1)
  while before > 1 && s:InBlock(before)
    let before -= 1
  endwhile
  if before == 0
    return 0
  endif

  " Whatever a line opens, the next stands one step in; what closes stands where the line stands that opened it.
  let line = getline(a:lnum)
  if line =~# '^\s*[\])}]'
    return s:Opener(a:lnum, matchstr(line, '^\s*[\])}]'))
  endif
  let code = s:Code(before)
  let change = s:Count(substitute(code, '^[[:blank:]\])}]*', '', ''), '\[({', '\])}')
  let width = indent(before)
  if change > 0
    let width += shiftwidth()
  elseif change < 0
    let width = s:Opener(before, matchstr(code, '^.*[\])}]'))
  endif

  " An expression goes on below an operator at the end of a line, one step in.
  let goes_on = code =~# s:operator
  let went_on = s:Code(prevnonblank(before - 1)) =~# s:operator
  if change >= 0 && goes_on && !went_on
    let width += shiftwidth()
  elseif change >= 0 && went_on && !goes_on
    let width -= shiftwidth()
  endif

  " What a comprehension makes of each element stands below its head, one step in. The head may be several lines.
  if code =~# ':\s*$'
    let head = before
    while head > 1 && (getline(head) !~# '^\s*for\s' || indent(head) > indent(before))
      let head -= 1
    endwhile
    let width = indent(head) + shiftwidth()
  endif

  " The clauses of a policy's statement stand below it, one step in.
  let clause = '^\s*\%(to\|on\|when\)\s\+[^=[:blank:]]'
  let statement = '^\s*\%(allow\|deny\)\s'
  if line =~# clause && getline(before) =~# statement && change == 0
    let width += shiftwidth()
  elseif line !~# clause && getline(before) =~# clause && s:Follows(before, statement)
    let width -= shiftwidth()
  endif

  " What a rule requires, why, and what a waiver says stands below its head, one step in.
  let part = '^\s*\%(if\|require\|else\|until\|because\)\s'
  if change == 0 && line =~# part && line !~# '{\s*$' && getline(before) =~# '^\s*\%(each\|waive\|expect\)\s'
    let width = indent(before) + shiftwidth()
  elseif change == 0 && line =~# '^\s*else\s' && getline(before) =~# '^\s*require\s' && s:RuleHead(before) == 0
    " Outside of a rule it is the reason of one statement.
    let width = indent(before) + shiftwidth()
  elseif change == 0 && s:IsReason(before)
    let width = indent(prevnonblank(before - 1))
  elseif change == 0 && line !~# part && getline(before) =~# part
    let head = s:RuleHead(before)
    if head > 0
      let width = indent(head)
    endif
  endif
  return width < 0 ? 0 : width
endfunction

" Checks that the line is the reason below a `require` that is a statement of its own.
function s:IsReason(lnum) abort
  let head = prevnonblank(a:lnum - 1)
  return getline(a:lnum) =~# '^\s*else\s' && getline(head) =~# '^\s*require\s' && indent(head) < indent(a:lnum)
endfunction

" Returns the line with the head of the rule or the waiver that a line is a part of; 0 where it is none.
function s:RuleHead(lnum) abort
  let lnum = a:lnum
  while lnum > 1 && (indent(lnum) >= indent(a:lnum) || getline(lnum) =~# '^\s*$')
    let lnum -= 1
  endwhile
  return getline(lnum) =~# '^\s*\%(each\|waive\|expect\)\s' ? lnum : 0
endfunction

" Checks that the line is one of the clauses of a statement of a policy.
function s:Follows(lnum, statement) abort
  let lnum = a:lnum
  while lnum > 1 && getline(lnum) =~# '^\s*\%(to\|on\|when\)\s'
    let lnum -= 1
  endwhile
  return getline(lnum) =~# a:statement && indent(lnum) < indent(a:lnum)
endfunction
