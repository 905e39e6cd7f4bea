" Compares what Vim colours with what the parser sees, and indents what is formatted. Writes what differs to a file.

set encoding=utf-8 nomore viminfo=
let s:report = []

function s:Main() abort
  let expected = json_decode(join(readfile($GPB_EXPECTED), "\n"))
  execute 'set runtimepath^=' . fnameescape($GPB_ROOT . '/editors/vim')
  filetype plugin indent on
  syntax enable
  for file in expected.files
    execute 'silent edit ' . fnameescape(file.path)
    if &filetype !=# 'gpb' || get(b:, 'current_syntax', '') !=# 'gpb'
      call add(s:report, file.path . ' is not seen as gpb')
    elseif file.valid
      call s:Colours(file)
      call s:Indent(file.path)
    endif
    bwipeout!
  endfor
endfunction

let s:keyword = '^gpb\%(Keyword\|Item\|Repeat\|Conditional\|Include\|Of\|As\|Uses\|From\|PolicyMark\|PolicyWord\)$'
let s:accepts = {
      \ 'keyword': s:keyword,
      \ 'comment': '^gpb\%(Comment\|DocComment\|Todo\)$',
      \ 'string': '^gpb\%(String\|UsedFile\|BlockString\|Escape\|Quote\)$',
      \ 'number': '^gpbNumber$',
      \ 'name': '^gpb',
      \ 'operator': '^gpb',
      \ }

" The groups at some columns of a row. Vim goes on from where it was, so they are asked for from left to right and once.
function s:Groups(row, columns) abort
  let groups = {}
  for at in uniq(sort(a:columns, 'n'))
    let groups[at] = synIDattr(synID(a:row + 1, at + 1, 1), 'name')
  endfor
  return groups
endfunction

" Where words begin.
function s:Words(text) abort
  let found = []
  let at = match(a:text, '\<\w')
  while at >= 0
    call add(found, at)
    let at = match(a:text, '\<\w', at + 1)
  endwhile
  return found
endfunction

function s:Colours(file) abort
  let rows = {}
  for token in a:file.tokens
    let rows[token[1]] = add(get(rows, token[1], []), token)
  endfor
  for row in range(line('$'))
    call s:Row(a:file.path, row, get(rows, row, []))
  endfor
endfunction

function s:Row(path, row, tokens) abort
  let words = s:Words(getline(a:row + 1))
  let columns = copy(words)
  for [kind, _, _, _, rule, column, length] in a:tokens
    call extend(columns, [column, column + length - 1])
  endfor
  let groups = s:Groups(a:row, columns)
  let keywords = {}
  for [kind, _, _, _, rule, column, length] in a:tokens
    for at in kind ==# 'name' || kind ==# 'operator' ? [column] : uniq([column, column + length - 1])
      let group = groups[at]
      if group !~# s:accepts[kind]
        call add(s:report, printf('%s:%d:%d is %s, and not %s (%s)', a:path, a:row + 1, at + 1, group ==# '' ? 'bare' : group, kind, rule))
      endif
    endfor
    if kind ==# 'keyword'
      for at in range(column, column + length - 1)
        let keywords[at] = 1
      endfor
    endif
  endfor
  for at in words
    if groups[at] =~# s:keyword && !has_key(keywords, at)
      call add(s:report, printf('%s:%d:%d is no keyword', a:path, a:row + 1, at + 1))
    endif
  endfor
endfunction

function s:Indent(path) abort
  let before = getline(1, '$')
  silent normal! gg=G
  let after = getline(1, '$')
  for row in range(len(before))
    if before[row] !=# after[row]
      call add(s:report, printf('%s:%d is indented as `%s` and not `%s`', a:path, row + 1, after[row], before[row]))
    endif
  endfor
endfunction

try
  if has('syntax') && has('eval')
    call s:Main()
  endif
catch
  call add(s:report, v:exception . ' at ' . v:throwpoint)
endtry
call writefile(s:report, $GPB_REPORT)
qall!
